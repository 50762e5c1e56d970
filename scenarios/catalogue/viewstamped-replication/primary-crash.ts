import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore, mixedWorkload, mostlyQuick } from '../key-value-workload.js';

export const primaryCrash = defineScenario({
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/primary-crash',
  summary:
    'The primary crashes and forgets everything, a minority is cut off, messages get lost: clients notice only a pause.',
  teaches:
    'A view change asks f + 1 replicas for their logs and takes the one of the latest view, the longest of these. The old primary ' +
    'has nothing when it comes back, and gets all of it from the new one.',
  nodes: 5,
  until: '10s',
  network: { latency: mostlyQuick, loss: 0.02 },
  clients: { ...mixedWorkload, stop: '9s' },
  faults: [
    { do: 'crash', whom: 'leader', at: '2s', for: '2s' },
    { do: 'partition', shape: { isolate: { random: 2, of: { not: 'leader' } } }, at: '5s', for: '1500ms' },
    { do: 'link', rule: { loss: 0.2 }, at: '7s', for: '500ms' },
  ],
  survivable: true,
  check: linearizableStore,
  progress: '1500ms',
  swarm: { families: ['crash', 'pause', 'partition', 'link', 'clock', 'membership'] },
});

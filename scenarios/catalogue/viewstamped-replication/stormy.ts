import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore, mixedWorkload, mostlyQuick } from '../key-value-workload.js';

export const stormy = defineScenario({
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/stormy',
  summary:
    'Replicas crash and forget everything, primaries are cut off, messages are late, doubled or lost; never more than f at once.',
  teaches:
    'What one replica forgets the others remember, as long as no more than f are down or recovering at the same time. Fuzz it ' +
    'with --bug, or with --set options.crashVectors=false.',
  nodes: 5,
  options: { checkpointAfter: 20 },
  until: '10s',
  network: { latency: mostlyQuick, loss: 0.05, duplicate: 0.05 },
  clients: { ...mixedWorkload, stop: '9500ms' },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '300ms', for: '4ms', times: 60, every: '110ms' },
    { do: 'crash', whom: 'leader', at: '700ms', for: '300ms', times: 8, every: '900ms' },
    { do: 'partition', shape: { isolate: 'leader' }, at: '1200ms', for: '400ms', times: 8, every: '900ms' },
  ],
  survivable: true,
  check: linearizableStore,
  progress: '2s',
  swarm: { families: ['crash', 'pause', 'partition', 'link', 'clock', 'membership'] },
});

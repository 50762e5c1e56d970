import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore, mixedWorkload, mostlyQuick } from '../key-value-workload.js';

export const leaderCrash = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/leader-crash',
  summary: 'The leader crashes and comes back, a minority is cut off, messages get lost: clients notice only a pause.',
  teaches:
    'A new leader asks a majority what they have voted for, finishes what may have been chosen, fills gaps with no-ops, and ' +
    'goes on. Nothing acknowledged is lost.',
  nodes: 5,
  until: '10s',
  network: { latency: mostlyQuick, loss: 0.02 },
  clients: { ...mixedWorkload, stop: '9s' },
  faults: [
    { do: 'crash', whom: 'leader', at: '2s', for: '2s' },
    { do: 'partition', shape: { isolate: { random: 2, of: { not: 'leader' } } }, at: '5s', for: '1500ms' },
    { do: 'link', rule: { loss: 0.2 }, at: '7s', for: '500ms' },
  ],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});

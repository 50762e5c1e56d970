import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const majorityPartition = defineScenario({
  protocol: raft,
  name: 'raft/majority-partition',
  summary:
    'The leader is cut off with one follower: the other three elect a new leader, while the old one still thinks it leads.',
  teaches:
    'Two nodes may both think that they lead, but only one of them has a majority. What clients ask of the old leader is ' +
    'never acknowledged; it learns of its successor when the network heals, and drops what nobody else has.',
  nodes: 5,
  until: '6s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '5500ms' },
  faults: [
    {
      do: 'partition',
      shape: { isolate: ['leader', { random: 1, of: { not: 'leader' } }] },
      at: '1500ms',
      for: '2s',
    },
  ],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});

import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const flexibleQuorums = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/flexible-quorums',
  summary:
    'Two votes of five choose a command, and four promises make a leader: three followers crash, and it goes on.',
  teaches:
    'Only quorums of different phases have to meet. Phase 2 is the one that every command pays for, so it may have the smaller ' +
    'quorum: four of five still meet every two.',
  nodes: 5,
  options: { q1: 4, q2: 2 },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  faults: [{ do: 'crash', whom: { random: 3, of: { not: 'leader' } }, at: '1s', for: '3s' }],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});

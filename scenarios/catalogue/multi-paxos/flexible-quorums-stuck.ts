import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const flexibleQuorumsStuck = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/flexible-quorums-stuck',
  summary:
    'The same quorums, and the leader crashes with one other node: three of five are up, and cannot elect a leader.',
  teaches:
    'What the small quorum of phase 2 costs: phase 1 needs four of five, so that with two nodes gone, the leader among them, ' +
    'nothing works any more, though a majority is up.',
  nodes: 5,
  options: { q1: 4, q2: 2 },
  until: '8s',
  network: dataCentre,
  clients: mixedWorkload,
  faults: [
    { do: 'crash', whom: 'leader', at: '1s' },
    { do: 'crash', whom: { random: 1 }, at: '1050ms' },
  ],
  check: linearizableStore,
  progress: '3s',
  expects: { violation: 'progress' },
});

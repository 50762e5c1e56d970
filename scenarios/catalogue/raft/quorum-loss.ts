import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const quorumLoss = defineScenario({
  protocol: raft,
  name: 'raft/quorum-loss',
  summary:
    'Links fail until only one follower still reaches everybody: the leader must go, and that one must take over.',
  teaches:
    'A partition need not have two sides. Here everybody is connected to somebody, but only one node to a majority. The leader ' +
    'has to notice that it has lost its quorum (checkQuorum), or the others would wait for it for ever.',
  nodes: 5,
  options: { preVote: true, checkQuorum: true },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  faults: [{ do: 'partition', shape: { hub: { random: 1, of: { not: 'leader' } } }, at: '1500ms', for: '4s' }],
  check: linearizableStore,
  progress: '1500ms',
});

import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const quorumLossStuck = defineScenario({
  protocol: raft,
  name: 'raft/quorum-loss-stuck',
  summary:
    'The links of raft/quorum-loss fail, with pre-vote alone: the leader without a majority stays, and nobody can replace it.',
  teaches:
    'Pre-vote alone makes this worse. The one node that still reaches everybody hears the leader, so it neither stands nor votes, and ' +
    'the leader reaches nobody else. Plain Raft recovers (--set options.preVote=false): there a higher term deposes the leader. With ' +
    'both, pre-vote and checkQuorum, it recovers too.',
  nodes: 5,
  options: { preVote: true, checkQuorum: false },
  until: '6s',
  network: dataCentre,
  clients: { ...mixedWorkload, start: '1600ms', stop: '5500ms' },
  faults: [{ do: 'partition', shape: { hub: { random: 1, of: { not: 'leader' } } }, at: '1500ms' }],
  check: linearizableStore,
  progress: '3500ms',
  expects: { violation: 'progress' },
});

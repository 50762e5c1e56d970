import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { firstAtTheEnd, parted } from './workload.js';

export const chainedPreVote = defineScenario({
  protocol: raft,
  name: 'raft/chained-pre-vote',
  summary: 'The chain of raft/chained, with pre-vote and quorum checks: one leader stays.',
  teaches:
    'The node in the middle hears the leader and says so when the one at the other end asks whether it would be elected. So that one ' +
    'waits, cut off from the leader, and its term does not rise. (It still stays behind: nobody passes entries on.)',
  nodes: 3,
  nodeOptions: firstAtTheEnd,
  options: { preVote: true, checkQuorum: true },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  faults: parted,
  check: linearizableStore,
  progress: '1500ms',
});

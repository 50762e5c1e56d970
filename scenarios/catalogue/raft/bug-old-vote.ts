import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const bugOldVote = defineScenario({
  protocol: raft,
  name: 'raft/bug-old-vote',
  summary: 'The leader crashes and does not come back: the others elect a new one.',
  teaches:
    'A vote is for one term. In the next one everybody is free again, or nobody could follow a leader that is gone. With --bug ' +
    'keeps-old-vote the four stand for election for ever, each bound to a vote of long ago.',
  nodes: 5,
  // All vote for n1 first.
  nodeOptions: { n1: { electionTimeoutMsMin: 100, electionTimeoutMsMax: 110 } },
  until: '5s',
  network: dataCentre,
  clients: { ...mixedWorkload, start: '1600ms', stop: '4500ms' },
  faults: [{ do: 'crash', whom: 'n1', at: '1500ms' }],
  check: linearizableStore,
  progress: '2500ms',
});

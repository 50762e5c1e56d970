import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter } from '../store-course.js';

export const bugForgottenVote = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-forgotten-vote',
  summary: 'A node votes, restarts at once, and is asked for its vote again in the same term.',
  teaches:
    'A vote is a promise, and a promise that a restart wipes out is none. It has to be on the disk before it is given. With ' +
    '--bug forgets-vote, n2 makes n1 and n3 leaders of the same term.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n1: 150, n3: 160 }),
  until: '1s',
  faults: [
    { do: 'link', from: 'n1', to: 'n3', rule: { loss: 1 }, at: 0, for: '300ms' },
    { do: 'link', from: 'n1', to: 'n2', types: ['AppendEntries'], rule: { loss: 1 }, at: 0, for: '300ms' },
    { do: 'crash', whom: 'n2', when: { mark: 'vote-granted', node: 'n2' }, for: '1ms' },
  ],
});

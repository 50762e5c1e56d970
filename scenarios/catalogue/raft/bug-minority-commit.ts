import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

/** n1 reaches n2 only, and credits n2's acknowledgements to those that it cannot reach; n3 leads without the write. */
export const bugMinorityCommit = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-minority-commit',
  summary: 'A leader that reaches one follower of four is asked to write.',
  teaches:
    'Two of five are no majority, however often one follower acknowledges: each acknowledgement belongs to who sent it. With ' +
    '--bug credits-wrong-follower, the write is acknowledged, and the other side’s leader knows nothing of it.',
  nodes: 5,
  nodeOptions: standingAfter(5, { n1: 150, n3: 400 }),
  until: '1500ms',
  script: [write('350ms', 'c1', 'n1', 1)],
  faults: [
    {
      do: 'partition',
      shape: {
        groups: [
          ['n1', 'n2'],
          ['n3', 'n4', 'n5'],
        ],
      },
      at: '250ms',
      for: '750ms',
    },
  ],
});

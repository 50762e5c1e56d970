import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

/** n3 falls behind while n1 and n2 go on; then n1 is gone, and n3 asks n2 for its vote. */
export const bugStaleCandidate = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-stale-candidate',
  summary: 'A node that was cut off and has missed two writes stands for election.',
  teaches:
    'Only who has everything that is committed may lead: voters refuse a candidate whose log is behind their own. With --bug ' +
    'skips-log-check (or refuses-only-if-both-higher), n3 wins without the two writes that clients were told were safe.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n1: 150, n3: 300 }),
  until: '1500ms',
  script: [write('300ms', 'c1', 'n1', 1), write('350ms', 'c1', 'n1', 2)],
  faults: [
    { do: 'partition', shape: { isolate: 'n3' }, at: '250ms', for: '350ms' },
    { do: 'crash', whom: 'n1', at: '600ms' },
  ],
});

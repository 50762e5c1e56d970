import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

/** n1, cut off, goes on appending; n2 and n3 commit two entries of term 2; then n2 is gone, and n1's log is the longer. */
export const bugLongStaleLog = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-long-stale-log',
  summary: 'An old leader, cut off, piles up entries that nobody else has: the longest log, and not the latest.',
  teaches:
    'Which log is more up to date? The one whose last entry has the higher term; length decides only between equal terms. ' +
    'With --bug compares-length-only, five worthless entries beat one that is committed.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n1: 150, n2: 300 }),
  until: '2500ms',
  script: [
    ...[260, 270, 280, 290, 300].map((at, i) => write(`${at}ms`, `c${i + 1}`, 'n1', i + 1)),
    write('800ms', 'c6', 'n2', 9),
  ],
  faults: [
    { do: 'partition', shape: { isolate: 'n1' }, at: '250ms', for: '750ms' },
    { do: 'crash', whom: 'n2', at: '1s' },
  ],
});

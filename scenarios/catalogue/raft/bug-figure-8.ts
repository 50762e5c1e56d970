import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

/** Figure 8 of the Raft paper, (a) to (d): S1 is n1, S5 is n5. */
export const bugFigure8 = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-figure-8',
  summary: 'Figure 8: an entry of an old term reaches a majority, and the next leader overwrites it all the same.',
  teaches:
    'That a majority stores an entry does not mean that it stays. A leader may count copies of entries of its own term only; ' +
    'older ones commit along with them. Run it with --bug commits-old-term-entries to see a committed entry vanish.',
  nodes: 5,
  options: { entriesPerAppendMax: 1 },
  nodeOptions: standingAfter(5, { n1: 150, n5: 200 }),
  until: '2500ms',
  script: [write('300ms', 'c1', 'n1', 1)],
  faults: [
    // (a) n1 leads term 1 and replicates the write to n2 only.
    {
      do: 'partition',
      name: 'a',
      shape: {
        groups: [
          ['n1', 'n2'],
          ['n3', 'n4', 'n5'],
        ],
      },
      at: '250ms',
      for: '350ms',
    },
    // (b) n1 crashes; n5 leads term 2 with n3 and n4, accepts another entry (its no-op), and crashes alone with it.
    { do: 'crash', whom: 'n1', at: '350ms', for: '300ms' },
    { do: 'link', from: 'n5', types: ['AppendEntries'], rule: { loss: 1 }, at: '250ms', for: '400ms' },
    { do: 'crash', whom: 'n5', when: { mark: 'became-leader', node: 'n5' }, for: '700ms' },
    // (c) n1 leads term 3 and replicates the write to n3 or n4: a majority has it. n1 is cut off at once.
    ...['n3', 'n4'].map((peer) => ({
      do: 'partition' as const,
      shape: { isolate: 'n1' },
      when: { delivered: 'AppendEntriesReply', node: 'n1', peer, nth: 2, from: '700ms' },
    })),
    // (d) n5 is back and leads term 4 with n3 and n4.
  ],
});

import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, read, standingAfter, write } from '../store-course.js';

/** n1 acknowledges a write and is gone before it tells anybody that it is committed; n2's first messages are lost. */
export const bugEarlyReadIndex = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-early-read-index',
  summary: 'A leader that has just won is asked for a value, before it knows what its predecessor has committed.',
  teaches:
    'A new leader has every committed entry in its log, but cannot yet tell which those are. It waits for an entry of its own ' +
    'term to commit. With --bug reads-before-own-term-commit, it answers as if an acknowledged write had never been.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n1: 150, n2: 300 }),
  until: '1500ms',
  script: [write('250ms', 'c1', 'n1', 1), read('400ms', 'c2', 'n2')],
  faults: [
    { do: 'crash', whom: 'n1', when: { delivered: 'AppendEntriesReply', node: 'n1', from: '250ms' } },
    { do: 'partition', shape: { isolate: 'n2' }, when: { mark: 'became-leader', node: 'n2' }, for: '8ms' },
  ],
});

import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

/** n1, cut off, has appended two entries; n2 and n3 commit others there; a heartbeat tells n1 how far. */
export const bugDivergentSuffix = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-divergent-suffix',
  summary: 'An old leader comes back with entries of its own where the others have committed different ones.',
  teaches:
    'What a follower may apply is what the leader has committed and what this very message has shown to be equal: the lesser of ' +
    'the two. With --bug commits-past-new-entries, n1 applies its own entries because the numbers fit.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n1: 150, n2: 300 }),
  until: '1500ms',
  script: [write('300ms', 'c1', 'n1', 1), write('310ms', 'c2', 'n1', 2), write('700ms', 'c3', 'n2', 3)],
  faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: '250ms', for: '550ms' }],
});

import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { standingAfter, write } from '../store-course.js';
import { cutOff, oneCourse } from './workload.js';

export const bugLongestLog = defineScenario({
  ...oneCourse,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/bug-longest-log',
  summary: 'An old primary has a long log that nobody else has; a later view has committed one operation.',
  teaches:
    'The log of the latest view counts, however short it is. With --bug picks-log-by-op-number the new primary takes the longer one ' +
    'of view 0, and an acknowledged write is gone.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n2: 200, n3: 300 }),
  until: '1500ms',
  script: [write('300ms', 'c1', 'n1', 1), write('310ms', 'c2', 'n1', 2), write('600ms', 'c3', 'n2', 3)],
  faults: [
    { do: 'partition', shape: { isolate: 'n1' }, at: '250ms', for: '450ms' },
    // n3 has the operation of view 1, and does not hear that it is committed.
    cutOff('n2', 'n3', ['Commit'], { at: '590ms' }),
    { do: 'partition', shape: { isolate: 'n2' }, at: '700ms' },
  ],
});

import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { standingAfter, write } from '../store-course.js';
import { oneCourse } from './workload.js';

export const bugOldPrimary = defineScenario({
  ...oneCourse,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/bug-old-primary',
  summary: 'A replica recovers; it reaches the primary of an old view, and of the latest view only a backup.',
  teaches:
    'Only the primary of the latest view has all that was committed. With --bug recovers-without-primary n4 recovers in view 0, to ' +
    'which n1 and n5 still hold, and the three of them commit something else than view 1 had.',
  nodes: 5,
  nodeOptions: standingAfter(5, { n2: 200 }),
  until: '1500ms',
  script: [write('600ms', 'c1', 'n2', 1), write('900ms', 'c2', 'n1', 2)],
  faults: [
    { do: 'partition', shape: { isolate: ['n1', 'n5'] }, at: '250ms', for: '440ms' },
    {
      do: 'partition',
      shape: {
        groups: [
          ['n1', 'n5'],
          ['n2', 'n3'],
        ],
      },
      at: '690ms',
    },
    { do: 'partition', shape: { groups: ['n2', 'n4'] }, at: '690ms' },
    { do: 'crash', whom: 'n4', at: '700ms', for: '10ms' },
  ],
});

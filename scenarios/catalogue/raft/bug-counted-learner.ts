import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';
import { linearizableWithAdministration } from './workload.js';

export const bugCountedLearner = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-counted-learner',
  summary:
    'A leader is cut off together with a learner, and is asked to write; the other two voters elect a new leader.',
  teaches:
    'Two of four servers have the entry, and two voters of three have not: it is not committed. With --bug counts-learners the leader ' +
    'answers all the same, and the next leader has never heard of it.',
  nodes: 4,
  options: { ...oneCourse.options, voters: ['n1', 'n2', 'n3'] },
  nodeOptions: standingAfter(4, { n1: 150, n2: 400 }),
  until: '3s',
  script: [
    { at: '400ms', client: 'c9', request: 'addLearner', args: { server: 'n4' }, target: 'n1' },
    write('700ms', 'c1', 'n1', 1),
    write('1500ms', 'c2', 'n2', 2),
  ],
  faults: [
    {
      do: 'partition',
      shape: {
        groups: [
          ['n1', 'n4'],
          ['n2', 'n3'],
        ],
      },
      at: '600ms',
    },
  ],
  check: linearizableWithAdministration,
});

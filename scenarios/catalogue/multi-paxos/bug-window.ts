import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

export const bugWindow = defineScenario({
  ...oneCourse,
  protocol: multiPaxos,
  name: 'multi-paxos/bug-window',
  summary:
    'α is 2, and five clients write at the same time: the leader asks votes for two slots, and refuses the other three.',
  teaches:
    'Two slots further on, the configuration may be another one, and nobody knows it yet. With --bug leaves-window the leader ' +
    'asks votes for all five, of acceptors that may not be the right ones.',
  nodes: 3,
  options: { ...oneCourse.options, alpha: 2 },
  nodeOptions: standingAfter(3, { n1: 150 }),
  until: '1s',
  script: [1, 2, 3, 4, 5].map((value) => write('300ms', `c${value}`, 'n1', value)),
});

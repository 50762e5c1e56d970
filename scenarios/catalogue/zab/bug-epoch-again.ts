import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from './course.js';

export const bugEpochAgain = defineScenario({
  ...oneCourse,
  protocol: zab,
  name: 'zab/bug-epoch-again',
  summary: 'Two leaders choose the same number for their epochs, and a follower comes from one to the other.',
  teaches:
    'Only a promise for a higher epoch counts; otherwise both leaders could be established in the same one. A follower that comes with the ' +
    'same epoch may join, but adds no promise. With --bug accepts-epoch-again it does.',
  nodes: 5,
  until: '1s',
  script: [write('800ms', 'c1', 'n4', 1)],
  faults: [
    {
      do: 'partition',
      name: 'first',
      shape: {
        groups: [
          ['n5', 'n3', 'n2'],
          ['n4', 'n1'],
        ],
      },
      at: 0,
      for: '150ms',
    },
    { do: 'link', from: 'n5', to: 'n2', types: ['NEWEPOCH'], rule: { hold: true }, at: 0 },
    {
      do: 'partition',
      name: 'then',
      shape: {
        groups: [
          ['n5', 'n3'],
          ['n4', 'n2', 'n1'],
        ],
      },
      at: '150ms',
      for: '250ms',
    },
    { do: 'partition', name: 'last', shape: { isolate: 'n5' }, at: '400ms' },
  ],
});

import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from './course.js';

export const bugForgottenEpoch = defineScenario({
  ...oneCourse,
  protocol: zab,
  name: 'zab/bug-forgotten-epoch',
  summary:
    'A follower promises an epoch to a leader, restarts, and finds itself with a node that has never heard of it.',
  teaches:
    'A promise counts for as long as there may be somebody who relies on it. With --bug forgets-accepted-epoch, n2 gives away epoch 1 ' +
    'twice: to n3, and then to itself.',
  nodes: 3,
  until: '1s',
  script: [write('700ms', 'c1', 'n2', 1)],
  faults: [
    { do: 'partition', name: 'first', shape: { isolate: 'n1' }, at: 0, for: '150ms' },
    { do: 'link', from: 'n3', types: ['NEWLEADER'], rule: { hold: true }, at: 0 },
    { do: 'partition', name: 'then', shape: { isolate: 'n3' }, at: '140ms' },
    { do: 'crash', whom: 'n2', at: '145ms', for: '5ms' },
  ],
});

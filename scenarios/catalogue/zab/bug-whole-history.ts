import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from './course.js';

export const bugWholeHistory = defineScenario({
  ...oneCourse,
  protocol: zab,
  name: 'zab/bug-whole-history',
  summary:
    'A follower joins late and is given a proposal that only the leader has; both are then cut off from the others.',
  teaches:
    'What a late follower is given need not be committed: COMMIT-LD says how far it is. With --bug delivers-whole-history, n1 delivers ' +
    'a write that the next epoch knows nothing of.',
  nodes: 5,
  options: { syncLimit: 20 },
  until: '1500ms',
  script: [write('350ms', 'c1', 'n5', 1), write('900ms', 'c2', 'n4', 2)],
  faults: [
    { do: 'crash', whom: 'n1', at: '1ms', for: '400ms' },
    { do: 'link', from: 'n5', types: ['PROPOSE'], rule: { hold: true }, at: '300ms', for: '500ms' },
    { do: 'partition', shape: { isolate: ['n1', 'n5'] }, at: '650ms' },
  ],
});

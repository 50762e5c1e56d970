import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, read, write } from '../store-course.js';

/** n3 hears of neither of n1's writes, and numbers its own from what it has itself. */
export const bugForgottenQuery = defineScenario({
  protocol: abd,
  name: 'abd/bug-forgotten-query',
  summary: 'One node has written twice; then another writes, which has heard of neither.',
  teaches:
    'Only who writes alone knows the highest tag. With --bug writes-without-query the second writer’s tag is too low: its write is ' +
    'acknowledged, and never seen.',
  nodes: 3,
  network: oneCourse.network,
  check: oneCourse.check,
  until: '1s',
  script: [
    write('100ms', 'c1', 'n1', 1),
    write('200ms', 'c1', 'n1', 2),
    write('400ms', 'c2', 'n3', 3),
    read('500ms', 'c3', 'n2'),
  ],
  faults: [{ do: 'partition', shape: { isolate: 'n3' }, at: '50ms', for: '300ms' }],
});

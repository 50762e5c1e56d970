import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, read, write } from '../store-course.js';

export const bugForgottenRegister = defineScenario({
  protocol: abd,
  name: 'abd/bug-forgotten-register',
  summary: 'n1 and n2 hold a write; n2 restarts, n1 is cut off, and n3 is asked.',
  teaches:
    'Who has acknowledged must hold. With --bug forgets-registers n2 comes back empty: it and n3 are a majority, and neither knows of ' +
    'the write.',
  nodes: 3,
  network: oneCourse.network,
  check: oneCourse.check,
  until: '1s',
  script: [write('100ms', 'c1', 'n1', 1), read('400ms', 'c2', 'n3')],
  faults: [
    { do: 'partition', shape: { isolate: 'n3' }, at: '50ms', for: '200ms' },
    { do: 'crash', whom: 'n2', at: '200ms', for: '50ms' },
    { do: 'partition', shape: { isolate: 'n1' }, at: '260ms' },
  ],
});

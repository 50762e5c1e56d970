import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from './course.js';

export const bugKeptUncommitted = defineScenario({
  ...oneCourse,
  protocol: zab,
  name: 'zab/bug-kept-uncommitted',
  summary: 'A leader that is cut off has a write on its disk that nobody else has; it comes back as a follower.',
  teaches:
    'What is in the log counts, and not what the database has applied: the leader must hear of it, so that it can have it cut (TRUNC). ' +
    'With --bug keeps-uncommitted, n3 keeps the write, and delivers it before that of the new epoch.',
  nodes: 3,
  options: { synchronization: 'zookeeper' },
  until: '1500ms',
  script: [write('200ms', 'c1', 'n3', 1), write('320ms', 'c1', 'n3', 2), write('600ms', 'c2', 'n2', 3)],
  faults: [
    { do: 'link', from: 'n3', types: ['PROPOSE'], rule: { hold: true }, at: '300ms', for: '200ms' },
    { do: 'partition', shape: { isolate: 'n3' }, at: '350ms', for: '450ms' },
  ],
});

import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from '../store-course.js';

export const bugDuplicatedReply = defineScenario({
  protocol: abd,
  name: 'abd/bug-duplicated-reply',
  summary: 'A writer reaches one node of four others, and every reply of that one arrives twice.',
  teaches:
    'A majority is made of nodes and not of messages. With --bug counts-replies-not-repliers two nodes pass for three, and the write ' +
    'is acknowledged though most do not hold it.',
  nodes: 5,
  network: oneCourse.network,
  check: oneCourse.check,
  until: '1s',
  script: [write('100ms', 'c1', 'n1', 1)],
  faults: [
    { do: 'partition', shape: { isolate: ['n1', 'n2'] }, at: '50ms', for: '300ms' },
    { do: 'link', types: ['QueryReply', 'UpdateReply'], rule: { duplicate: 1 }, at: 0 },
  ],
});

import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, read, write } from '../store-course.js';

/** The write of 2 gets no further than n1 that holds it. n2 reads it from there; later n3 asks n2, and not n1. */
export const bugNewOldInversion = defineScenario({
  protocol: abd,
  name: 'abd/bug-new-old-inversion',
  summary:
    'A write is under way and only one node holds it. One client reads the new value, and after it another one reads.',
  teaches:
    'Readers must write: what a read returns, a majority must hold before it returns. With --bug reads-without-write-back the second ' +
    'read gets the old value after the first got the new one.',
  nodes: 3,
  network: oneCourse.network,
  check: oneCourse.check,
  until: '1s',
  script: [
    write('100ms', 'c1', 'n1', 1),
    write('220ms', 'c2', 'n1', 2),
    read('300ms', 'c3', 'n2'),
    read('420ms', 'c4', 'n3'),
  ],
  faults: [
    { do: 'link', from: 'n1', types: ['Update'], rule: { loss: 1 }, at: '200ms' },
    { do: 'partition', shape: { isolate: 'n3' }, at: '200ms', for: '190ms' },
    { do: 'partition', shape: { isolate: 'n1' }, at: '400ms' },
  ],
});

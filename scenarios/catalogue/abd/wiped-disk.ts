import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, read, write } from '../store-course.js';

export const wipedDisk = defineScenario({
  protocol: abd,
  name: 'abd/wiped-disk',
  summary: 'n1 and n2 hold a write; n2 comes back with an empty disk and makes a majority with n3: the write is gone.',
  teaches:
    'A majority is one of nodes that remember. One that has lost its disk must not answer as if it had never been asked anything; here ' +
    'it does, and a read misses what was acknowledged.',
  nodes: 3,
  network: oneCourse.network,
  until: '1s',
  script: [write('100ms', 'c1', 'n1', 1), read('400ms', 'c2', 'n3')],
  faults: [
    { do: 'partition', shape: { isolate: 'n3' }, at: '50ms', for: '200ms' },
    { do: 'crash', whom: 'n2', disk: 'wiped', at: '200ms', for: '50ms' },
    { do: 'partition', shape: { isolate: 'n1' }, at: '260ms' },
  ],
  check: oneCourse.check,
  expects: { violation: 'linearizable' },
});

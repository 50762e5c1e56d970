import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { evenNetwork } from './workload.js';
import { linearizableStore } from '../key-value-workload.js';
import { read, write } from '../store-course.js';

export const repeatedWrite = defineScenario({
  protocol: abd,
  name: 'abd/repeated-write',
  summary:
    'A client gets no answer to its write and repeats it through the same node, after others have written: it is back.',
  teaches:
    'A repeated write is a second write. A log can tell the two apart, as every replica executes them in one order; registers ' +
    'cannot, so a client that is not answered must not ask again.',
  nodes: 3,
  until: '1s',
  network: evenNetwork,
  clients: { count: 3, operations: [], retry: true, timeout: '800ms' },
  script: [
    write('100ms', 'c1', 'n1', 1),
    read('150ms', 'c3', 'n2'),
    write('200ms', 'c2', 'n2', 2),
    read('280ms', 'c3', 'n2'),
    read('420ms', 'c3', 'n2'),
  ],
  faults: [{ do: 'link', from: 'n1', to: 'c1', rule: { loss: 1 }, at: 0, for: '200ms' }],
  check: linearizableStore,
  expects: { violation: 'linearizable' },
});

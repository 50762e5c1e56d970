import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore } from '../key-value-workload.js';
import { write } from '../store-course.js';
import { evenNetwork } from './workload.js';

/** Both updates leave n1 10 ms after their requests came; the first one's to n3 is lost. */
export const bugReusedTag = defineScenario({
  protocol: abd,
  name: 'abd/bug-reused-tag',
  summary: 'Two clients write the same key through the same node at once, and one update gets lost on its way to n3.',
  teaches:
    'In the paper a process has one operation at a time. A server has many: with --bug reuses-tags both writes get one tag, and ' +
    'replicas that hold different values take each other for equal.',
  nodes: 3,
  network: evenNetwork,
  check: linearizableStore,
  until: '500ms',
  script: [write('100ms', 'c1', 'n1', 1), write('101ms', 'c2', 'n1', 2)],
  faults: [{ do: 'link', from: 'n1', to: 'n3', types: ['Update'], rule: { loss: 1 }, at: '114500us', for: '1ms' }],
});

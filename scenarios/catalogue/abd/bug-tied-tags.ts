import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore } from '../key-value-workload.js';
import { read, write } from '../store-course.js';
import { evenNetwork } from './workload.js';

/** Both queries find nothing, so both writes have number 1; each reaches its own node first. */
export const bugTiedTags = defineScenario({
  protocol: abd,
  name: 'abd/bug-tied-tags',
  summary: 'Two nodes write at the same moment and find the same highest tag; then clients read, here and there.',
  teaches:
    'Two writes may well have the same number, so the writer’s name decides, and all replicas decide alike. With --bug ' +
    'compares-numbers-only each keeps what came first, and acknowledges what it does not hold.',
  nodes: 3,
  network: evenNetwork,
  check: linearizableStore,
  until: '1s',
  script: [
    write('100ms', 'c1', 'n1', 1),
    write('100ms', 'c2', 'n2', 2),
    read('200ms', 'c3', 'n1'),
    read('300ms', 'c4', 'n2'),
    read('400ms', 'c3', 'n1'),
  ],
});

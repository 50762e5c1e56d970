import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from '../store-course.js';
import { takingOverAfter, twoAndAWitness } from './configurations.js';

export const bugEarlyDrop = defineScenario({
  ...twoAndAWitness,
  protocol: primaryBackup,
  name: 'primary-backup/bug-early-drop',
  summary: 'The primary is cut off from everybody, and wants to do without its backup, which has taken over meanwhile.',
  teaches:
    'To do without a backup is to take from it the right to take over: that needs a majority. With --bug drops-before-recorded the primary ' +
    'acknowledges a write as soon as it has asked.',
  nodeOptions: takingOverAfter(twoAndAWitness.nodes, { n2: 200 }),
  network: oneCourse.network,
  check: oneCourse.check,
  until: '1500ms',
  script: [write('100ms', 'c1', 'n1', 1), write('650ms', 'c2', 'n1', 2)],
  faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: '200ms', for: '800ms' }],
});

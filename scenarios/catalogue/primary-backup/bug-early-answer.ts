import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from '../store-course.js';
import { takingOverAfter, twoAndAWitness } from './configurations.js';

export const bugEarlyAnswer = defineScenario({
  ...twoAndAWitness,
  protocol: primaryBackup,
  name: 'primary-backup/bug-early-answer',
  summary: 'The primary is cut off, and a client writes through it just then.',
  teaches:
    'The answer must come after the copy. With --bug acknowledges-before-copies the client is told that all is well, and the backup, which ' +
    'takes over, has never heard of it.',
  nodeOptions: takingOverAfter(twoAndAWitness.nodes, { n2: 200 }),
  network: oneCourse.network,
  check: oneCourse.check,
  until: '1500ms',
  script: [write('100ms', 'c1', 'n1', 1), write('220ms', 'c1', 'n1', 2)],
  faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: '200ms', for: '800ms' }],
});

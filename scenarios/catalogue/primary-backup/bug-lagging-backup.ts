import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from '../store-course.js';
import { takingOverAfter, twoAndAWitness } from './configurations.js';

export const bugLaggingBackup = defineScenario({
  ...twoAndAWitness,
  protocol: primaryBackup,
  name: 'primary-backup/bug-lagging-backup',
  summary: 'A backup is cut off, the primary goes on without it, and crashes when the backup is back.',
  teaches:
    'The witness votes for the backup, and tells it that it is not in sync: so it must not take over. With --bug promotes-out-of-sync it ' +
    'does, and what was written without it is gone.',
  nodeOptions: takingOverAfter(twoAndAWitness.nodes, { n2: 200 }),
  network: oneCourse.network,
  check: oneCourse.check,
  until: '2s',
  script: [write('100ms', 'c1', 'n1', 1), write('700ms', 'c1', 'n1', 2)],
  faults: [
    { do: 'partition', shape: { isolate: 'n2' }, at: '200ms', for: '600ms' },
    { do: 'crash', whom: 'n1', at: '790ms' },
  ],
});

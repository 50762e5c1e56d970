import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, read, write } from '../store-course.js';
import { takingOverAfter, twoAndAWitness } from './configurations.js';

export const bugStaleRead = defineScenario({
  ...twoAndAWitness,
  protocol: primaryBackup,
  name: 'primary-backup/bug-stale-read',
  summary: 'A primary that was cut off, and does not know that there is a new one, is asked for a value.',
  teaches:
    'Whoever must hold writes must confirm reads: the one that has taken over is among them. With --bug reads-local n1 answers with what ' +
    'was overwritten before the question was asked.',
  nodeOptions: takingOverAfter(twoAndAWitness.nodes, { n2: 200 }),
  network: oneCourse.network,
  check: oneCourse.check,
  until: '1500ms',
  script: [write('100ms', 'c1', 'n1', 1), write('620ms', 'c1', 'n2', 2), read('700ms', 'c2', 'n1')],
  faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: '250ms', for: '600ms' }],
});

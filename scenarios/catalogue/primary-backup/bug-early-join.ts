import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from '../store-course.js';
import { takingOverAfter, twoAndAWitness } from './configurations.js';

export const bugEarlyJoin = defineScenario({
  ...twoAndAWitness,
  protocol: primaryBackup,
  name: 'primary-backup/bug-early-join',
  summary: 'A node comes back as a backup, the state that it must copy is late, and the primary crashes.',
  teaches:
    'Who is being sent the state does not have it yet. With --bug joins-before-caught-up the node is recorded as in sync at once, takes ' +
    'over with what it had before, and an acknowledged write is gone.',
  nodeOptions: takingOverAfter(twoAndAWitness.nodes, { n1: 400, n2: 200 }),
  network: oneCourse.network,
  check: oneCourse.check,
  until: '2s',
  script: [write('100ms', 'c1', 'n1', 1), write('480ms', 'c2', 'n2', 2)],
  faults: [
    { do: 'crash', whom: 'n1', at: '200ms', for: '350ms' },
    { do: 'link', from: 'n2', to: 'n1', types: ['State'], rule: { loss: 1 }, at: 0 },
    { do: 'crash', whom: 'n2', at: '800ms' },
  ],
});

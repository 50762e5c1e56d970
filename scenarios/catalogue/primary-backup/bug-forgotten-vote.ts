import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from '../store-course.js';
import { takingOverAfter, threeAndTwoWitnesses } from './configurations.js';

/** n2 has its votes for epoch 2 and asks for the record, which takes long. n3, which cannot hear n2, asks for votes for epoch 2 as well. */
export const bugForgottenVote = defineScenario({
  ...threeAndTwoWitnesses,
  protocol: primaryBackup,
  name: 'primary-backup/bug-forgotten-vote',
  summary: 'Both witnesses grant an epoch, restart, and are asked for the same epoch by another backup.',
  teaches:
    'A witness holds no data, but its vote is data. With --bug forgets-vote it grants epoch 2 twice, and two nodes are primary in it.',
  nodeOptions: takingOverAfter(threeAndTwoWitnesses.nodes, { n2: 250, n3: 400 }),
  network: oneCourse.network,
  check: oneCourse.check,
  until: '1500ms',
  script: [write('100ms', 'c1', 'n1', 1)],
  faults: [
    { do: 'crash', whom: 'n1', at: '190ms' },
    { do: 'link', from: 'n2', to: 'n3', rule: { loss: 1 }, bothWays: true, at: '160ms' },
    { do: 'link', from: 'n2', types: ['Record'], rule: { hold: true }, at: 0, for: '620ms' },
    { do: 'crash', whom: ['w1', 'w2'], at: '480ms', for: '10ms' },
  ],
});

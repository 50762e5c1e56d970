import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from './course.js';

export const bugMissedProposal = defineScenario({
  ...oneCourse,
  protocol: zab,
  name: 'zab/bug-missed-proposal',
  summary: 'A follower joins late; while its ACK-LD is on its way, the leader proposes and commits.',
  teaches:
    'Whoever was sent the history must be sent all that comes after it, acknowledged or not. With --bug ' +
    'proposes-to-acknowledged, n1 has the first write and the third, and never hears of the second.',
  nodes: 3,
  until: '1s',
  script: [write('200ms', 'c1', 'n3', 1), write('450ms', 'c1', 'n3', 2), write('700ms', 'c1', 'n3', 3)],
  faults: [
    { do: 'crash', whom: 'n1', at: '1ms', for: '300ms' },
    { do: 'link', from: 'n1', to: 'n3', types: ['ACK-LD'], rule: { hold: true }, at: '250ms', for: '300ms' },
  ],
});

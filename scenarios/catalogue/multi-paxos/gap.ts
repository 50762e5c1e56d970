import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, read, standingAfter, write } from '../store-course.js';

export const gap = defineScenario({
  ...oneCourse,
  protocol: multiPaxos,
  name: 'multi-paxos/gap',
  summary: 'A leader asks votes for three slots, only the requests for the third arrive, and it crashes.',
  teaches:
    'Slots are chosen independently, so there can be gaps. A later command may not be executed before an earlier one, so the ' +
    'next leader fills the gaps: with no-ops, where nothing can have been chosen.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n1: 150, n3: 300 }),
  until: '1500ms',
  script: [
    write('300ms', 'c1', 'n1', 1),
    write('310ms', 'c2', 'n1', 2),
    write('340ms', 'c3', 'n1', 3),
    read('1s', 'c4', 'n3'),
  ],
  faults: [
    // The first two are lost on their way, and again each time that n1 asks.
    { do: 'link', from: 'n1', types: ['Phase2a'], rule: { loss: 1 }, at: '250ms', for: '80ms' },
    { do: 'crash', whom: 'n1', at: '348ms' },
  ],
});

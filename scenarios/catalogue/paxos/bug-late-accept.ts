import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { holdUntil, lose, oneCourse, propose } from './course.js';

export const bugLateAccept = defineScenario({
  ...oneCourse,
  protocol: paxos,
  name: 'paxos/bug-late-accept',
  summary: 'The Phase 2a of an old ballot arrives after a newer ballot has chosen its value.',
  teaches:
    'A promise is what keeps old messages harmless. With --bug accepts-below-promise n2 votes in the old ballot too: it goes ' +
    'back behind its promise, and two values have a majority.',
  nodes: 3,
  script: [propose('10ms', 'c1', 'n1', 'a'), propose('100ms', 'c2', 'n3', 'b')],
  faults: [
    lose({ from: 'n1', to: 'n3' }),
    lose({ from: 'n3', to: 'n1' }),
    lose({ from: 'n2', to: 'n1', types: ['Phase2b'], for: '200ms' }),
    holdUntil('300ms', { from: 'n1', to: 'n2', types: ['Phase2a'] }),
  ],
});

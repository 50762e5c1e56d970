import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { holdUntil, lose, oneCourse, propose } from './course.js';

export const bugForgottenPromise = defineScenario({
  ...oneCourse,
  protocol: paxos,
  name: 'paxos/bug-forgotten-promise',
  summary: 'An acceptor promises, restarts, and is then asked to vote in a ballot below its promise.',
  teaches:
    'A promise counts as long as the ballot it was given to. With --bug forgets-promise, n2 votes in both ballots after its ' +
    'restart, and each proposer believes that its value was chosen.',
  nodes: 3,
  script: [propose('10ms', 'c1', 'n1', 'a'), propose('100ms', 'c2', 'n3', 'b')],
  faults: [
    lose({ from: 'n1', to: 'n3' }),
    lose({ from: 'n3', to: 'n1' }),
    // Ballot 1 of n1 has n2's promise; its Phase 2a is late.
    holdUntil('200ms', { from: 'n1', to: 'n2', types: ['Phase2a'] }),
    // Ballot 2 of n3 has n2's promise, which then crashes; n3's Phase 2a is later still.
    { do: 'crash', whom: 'n2', at: '150ms', for: '10ms' },
    holdUntil('300ms', { from: 'n3', to: 'n2', types: ['Phase2a'] }),
  ],
});

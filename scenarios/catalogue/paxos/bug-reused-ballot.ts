import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { holdUntil, lose, oneCourse, propose } from './course.js';

export const bugReusedBallot = defineScenario({
  ...oneCourse,
  protocol: paxos,
  name: 'paxos/bug-reused-ballot',
  summary: 'A proposer crashes when it has asked for votes, restarts, and proposes something else.',
  teaches:
    'A ballot stands for one value. A proposer must remember, on its disk, which numbers it has used; with --bug reuses-ballot ' +
    'a late promise to the first attempt serves the second, and both values are chosen in one ballot.',
  nodes: 3,
  script: [propose('10ms', 'c1', 'n1', 'a'), propose('100ms', 'c2', 'n1', 'b')],
  faults: [
    { do: 'crash', whom: 'n1', when: { sent: 'Phase2a', node: 'n1' }, for: '50ms' },
    // n3's promise comes late, and nobody tells n1 what was chosen meanwhile.
    holdUntil('200ms', { from: 'n3', to: 'n1', types: ['Phase1b'] }),
    lose({ to: 'n1', types: ['Learned'] }),
  ],
});

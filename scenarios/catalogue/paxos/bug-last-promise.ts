import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { lose, oneCourse, propose } from './course.js';

export const bugLastPromise = defineScenario({
  ...oneCourse,
  protocol: paxos,
  name: 'paxos/bug-last-promise',
  summary: 'A proposer hears of two votes for different values: an old one that failed, and one that was chosen.',
  teaches:
    'Of several votes the one in the highest ballot decides: only that value can have been chosen. With --bug ' +
    'adopts-last-promise, n2 takes the one that it hears of last, and a second value is chosen.',
  nodes: 3,
  script: [propose('10ms', 'c1', 'n1', 'a'), propose('100ms', 'c2', 'n3', 'b'), propose('300ms', 'c3', 'n2', 'c')],
  faults: [
    // Ballot 1 of n1: only n1 votes for a.
    lose({ from: 'n1', to: ['n2', 'n3'], types: ['Phase2a'] }),
    // Ballot 2 of n3: n2 and n3 choose b, and n2 does not hear of it.
    { do: 'partition', shape: { isolate: 'n1' }, at: '80ms', for: '120ms' },
    lose({ from: 'n3', to: 'n2', types: ['Phase2b'] }),
    // Ballot 3 of n2: it knows n2's vote for b, and n1 tells it of the one for a.
    { do: 'partition', shape: { isolate: 'n3' }, at: '200ms' },
  ],
});

import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { lose, oneCourse, propose } from './course.js';

export const bugDuplicatedPromise = defineScenario({
  ...oneCourse,
  protocol: paxos,
  name: 'paxos/bug-duplicated-promise',
  summary: 'Two of five acceptors promise, and one promise arrives twice.',
  teaches:
    'A majority is made of acceptors and not of messages. With --bug counts-promises-not-promisers n3 goes on with two of ' +
    'five, hears nothing of the value that the other three have chosen, and has its own chosen too.',
  nodes: 5,
  script: [propose('10ms', 'c1', 'n1', 'a'), propose('12ms', 'c2', 'n3', 'b')],
  faults: [
    { do: 'link', types: ['Phase1b'], rule: { duplicate: 1 }, at: 0 },
    // n1 asks n4 and n5, n3 asks n2; what n3 says after that arrives everywhere, late.
    lose({ from: 'n1', to: ['n2', 'n3'] }),
    lose({ from: 'n3', to: ['n1', 'n4', 'n5'], types: ['Phase1a'] }),
    { do: 'link', from: 'n3', types: ['Phase2a'], rule: { hold: true }, at: 0, for: '100ms' },
  ],
});

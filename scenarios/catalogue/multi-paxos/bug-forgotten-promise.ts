import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

export const bugForgottenPromise = defineScenario({
  ...oneCourse,
  protocol: multiPaxos,
  name: 'multi-paxos/bug-forgotten-promise',
  summary: 'An acceptor promises a new leader, restarts, and is then asked to vote by the old one.',
  teaches:
    'A promise counts as long as the ballot it was given to. With --bug forgets-promise, n2 votes for both leaders after its ' +
    'restart, and both have their command executed in slot 1.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n1: 150, n3: 300 }),
  until: '1s',
  script: [write('250ms', 'c1', 'n1', 1), write('580ms', 'c2', 'n3', 2)],
  faults: [
    { do: 'partition', shape: { groups: ['n1', 'n3'] }, at: '200ms' },
    { do: 'link', from: 'n2', to: 'n1', types: ['Nack'], rule: { loss: 1 }, at: 0 },
    { do: 'link', from: 'n1', to: 'n2', types: ['Phase2a'], rule: { hold: true }, at: 0, for: '700ms' },
    { do: 'crash', whom: 'n2', at: '550ms', for: '10ms' },
    { do: 'link', from: 'n3', to: 'n2', types: ['Phase2a'], rule: { hold: true }, at: 0, for: '800ms' },
  ],
});

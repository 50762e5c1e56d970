import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

export const bugDuplicatedVote = defineScenario({
  ...oneCourse,
  protocol: multiPaxos,
  name: 'multi-paxos/bug-duplicated-vote',
  summary: 'A leader reaches one node of five, whose votes arrive twice; the other three elect another leader.',
  teaches:
    'A quorum is made of acceptors and not of messages. With --bug counts-votes-not-voters two nodes pass for three, and an ' +
    'acknowledged write is gone.',
  nodes: 5,
  nodeOptions: standingAfter(5, { n1: 150, n3: 300 }),
  until: '1s',
  script: [write('300ms', 'c1', 'n1', 1), write('650ms', 'c2', 'n3', 2)],
  faults: [
    { do: 'partition', shape: { isolate: ['n1', 'n2'] }, at: '250ms' },
    { do: 'link', types: ['Phase2b'], rule: { duplicate: 1 }, at: 0 },
  ],
});

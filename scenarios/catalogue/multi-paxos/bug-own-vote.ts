import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

export const bugOwnVote = defineScenario({
  ...oneCourse,
  protocol: multiPaxos,
  name: 'multi-paxos/bug-own-vote',
  summary: 'A node has voted for a command that was not chosen, and is told that its slot is.',
  teaches:
    'That a slot is chosen does not mean that my vote in it is. Only a vote in the ballot of the leader who says so is known to ' +
    'be right; with --bug learns-any-vote, n2 executes what nobody else does.',
  nodes: 5,
  nodeOptions: standingAfter(5, { n1: 150, n3: 300 }),
  until: '1s',
  script: [write('300ms', 'c1', 'n1', 1), write('620ms', 'c2', 'n3', 2)],
  faults: [{ do: 'partition', shape: { isolate: ['n1', 'n2'] }, at: '250ms', for: '450ms' }],
});

import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

export const bugIgnoredVotes = defineScenario({
  ...oneCourse,
  protocol: multiPaxos,
  name: 'multi-paxos/bug-ignored-votes',
  summary: 'A node that was cut off becomes leader: what was chosen meanwhile it knows only from the promises.',
  teaches:
    'A leader is not chosen for its log, as in Raft: any node may lead, because it first learns what may have been chosen. With ' +
    '--bug ignores-promised-votes it does not, and gives slot 1 to another command.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n1: 150, n3: 300 }),
  until: '1s',
  script: [write('300ms', 'c1', 'n1', 1), write('700ms', 'c2', 'n3', 2)],
  faults: [
    { do: 'partition', shape: { isolate: 'n3' }, at: '250ms', for: '150ms' },
    { do: 'crash', whom: 'n1', at: '350ms' },
  ],
});

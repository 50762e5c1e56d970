import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { lose, oneCourse, propose } from './course.js';

export const bugOwnValue = defineScenario({
  ...oneCourse,
  protocol: paxos,
  name: 'paxos/bug-own-value',
  summary: 'A value is chosen, only its proposer knows, and that one is cut off; another node proposes another value.',
  teaches:
    'Once a value may have been chosen, a proposer is no longer free: it must carry on with that one. With --bug ' +
    'keeps-own-value it does not.',
  nodes: 3,
  script: [propose('10ms', 'c1', 'n1', 'a'), propose('150ms', 'c2', 'n3', 'b')],
  faults: [
    lose({ to: ['n2', 'n3'], types: ['Phase2b'], for: '100ms' }),
    { do: 'partition', shape: { isolate: 'n1' }, at: '100ms' },
  ],
});

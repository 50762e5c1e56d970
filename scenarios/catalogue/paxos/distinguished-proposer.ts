import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { propose } from './course.js';
import { duel } from './duel.js';

export const distinguishedProposer = defineScenario({
  ...duel,
  protocol: paxos,
  name: 'paxos/distinguished-proposer',
  summary:
    'The same two clients, but only the first node that is alive proposes, for both; it crashes, and the next takes over.',
  teaches:
    'Progress needs one proposer at a time. It may be chosen by guess (here: who is heard), since two that both think ' +
    'they are it cost time, and never agreement.',
  options: { timeoutMs: 30, cure: 'distinguished' },
  script: [propose('10ms', 'c1', 'n2', 'a'), propose('25ms', 'c2', 'n3', 'b')],
  clients: { count: 0, operations: [], retry: true },
  faults: [{ do: 'crash', whom: 'n1', at: '12ms' }],
});

import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { duel } from './duel.js';

export const randomBackOff = defineScenario({
  ...duel,
  protocol: paxos,
  name: 'paxos/random-back-off',
  summary: 'The same two proposers, but each waits for a random and growing time before it tries again.',
  teaches:
    'Chance breaks the tie that no fixed time-out can: sooner or later one proposer is left alone for the four message delays ' +
    'that it needs. Compare paxos/duelling-proposers.',
  options: { timeoutMs: 30, cure: 'back-off' },
});

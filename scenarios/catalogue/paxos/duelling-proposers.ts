import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { duel } from './duel.js';

export const duellingProposers = defineScenario({
  ...duel,
  protocol: paxos,
  name: 'paxos/duelling-proposers',
  summary: 'Two proposers overtake each other with ever higher ballots, for ever: nothing is chosen.',
  teaches:
    'What Paxos cannot do: no deterministic protocol can promise to choose when nobody knows how long a message takes (Fischer, ' +
    'Lynch, Paterson 1985). Nothing fails here, nothing wrong is decided, and no value is ever chosen.',
  options: { timeoutMs: 30, cure: 'none' },
  expects: { violation: 'progress' },
});

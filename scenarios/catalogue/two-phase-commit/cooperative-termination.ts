import { twoPhaseCommit } from '../../../protocols/two-phase-commit/protocol.js';
import { defineScenario } from '../../scenario.js';
import { coordinatorCrash, oneTransaction } from './parts.js';

export const cooperativeTermination = defineScenario({
  protocol: twoPhaseCommit,
  name: 'two-phase-commit/cooperative-termination',
  summary:
    'The coordinator crashes as in two-phase-commit/coordinator-crash, but participants ask one another, and one of them knows.',
  teaches:
    'An uncertain participant need not wait for the coordinator if anybody else has heard the decision. Nobody is blocked here, ' +
    'though the coordinator stays away for two seconds.',
  nodes: 4,
  options: { cooperative: true, repairedAfterMs: 3000 },
  until: '5s',
  script: oneTransaction,
  faults: coordinatorCrash,
});

import { twoPhaseCommit } from '../../../protocols/two-phase-commit/protocol.js';
import { defineScenario } from '../../scenario.js';
import { coordinatorCrash, oneTransaction } from './parts.js';

export const coordinatorCrashes = defineScenario({
  protocol: twoPhaseCommit,
  name: 'two-phase-commit/coordinator-crash',
  summary:
    'The coordinator crashes when one participant has heard that the transaction commits, and the other two have not.',
  teaches:
    'Who has voted Yes and heard nothing may neither commit nor abort: it is blocked, until the coordinator is back two seconds ' +
    'later. Nothing wrong is ever decided, so this run is ok; waiting is the price. Count the mark blocked.',
  nodes: 4,
  options: { repairedAfterMs: 3000 },
  until: '5s',
  script: oneTransaction,
  faults: coordinatorCrash,
});

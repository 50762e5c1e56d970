import { twoPhaseCommit } from '../../../protocols/two-phase-commit/protocol.js';
import { defineScenario } from '../../scenario.js';
import { cutOffWhenDecided, oneTransaction } from './parts.js';

export const partitionDuringDecision = defineScenario({
  protocol: twoPhaseCommit,
  name: 'two-phase-commit/partition-during-decision',
  summary: 'One participant is cut off for a second, just when it would hear that the transaction commits.',
  teaches:
    'After its Yes a participant has no choice left: it waits and asks. With --bug presumes-abort-after-yes it loses patience and ' +
    'aborts what the others have committed.',
  nodes: 3,
  options: { repairedAfterMs: 1500 },
  until: '4s',
  script: oneTransaction,
  faults: cutOffWhenDecided,
});

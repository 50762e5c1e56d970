import { twoPhaseCommit } from '../../../protocols/two-phase-commit/protocol.js';
import { defineScenario } from '../../scenario.js';
import { cutOffWhenDecided, oneTransaction } from './parts.js';

export const presumedAbortLateInquiry = defineScenario({
  protocol: twoPhaseCommit,
  name: 'two-phase-commit/presumed-abort-late-inquiry',
  summary: 'Whoever is not known to have committed is presumed to have aborted; one participant asks late.',
  teaches:
    'Presuming abort saves records and messages, but then a commit may be forgotten only when everybody has acknowledged it. With ' +
    '--bug forgets-before-acknowledged the late inquiry is told Abort.',
  nodes: 3,
  options: { presume: 'abort', repairedAfterMs: 1500 },
  until: '4s',
  script: oneTransaction,
  faults: cutOffWhenDecided,
});

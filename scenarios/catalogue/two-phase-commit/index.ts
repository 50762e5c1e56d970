import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { cooperativeTermination } from './cooperative-termination.js';
import { coordinatorCrashes } from './coordinator-crash.js';
import { happyPath } from './happy-path.js';
import { lateQuestion } from './late-question.js';
import { partitionDuringDecision } from './partition-during-decision.js';
import { presumedAbortLateInquiry } from './presumed-abort-late-inquiry.js';
import { stormyCooperative } from './stormy-cooperative.js';
import { stormy } from './stormy.js';
import { uncertainTogether } from './uncertain-together.js';

export const twoPhaseCommitScenarios: readonly (Scenario | Experiment)[] = [
  happyPath,
  coordinatorCrashes,
  cooperativeTermination,
  uncertainTogether,
  partitionDuringDecision,
  presumedAbortLateInquiry,
  lateQuestion,
  stormy,
  stormyCooperative,
];

import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { againstTwoPhaseCommit } from './against-two-phase-commit.js';
import {
  cascadingCrash,
  coordinatorCrash,
  happyPath,
  partition,
  returningCoordinator,
  slowNetwork,
  stormy,
  totalFailure,
  uncertainTogether,
} from './scenarios.js';

export const threePhaseCommitScenarios: readonly (Scenario | Experiment)[] = [
  happyPath,
  coordinatorCrash,
  uncertainTogether,
  cascadingCrash,
  returningCoordinator,
  totalFailure,
  partition,
  slowNetwork,
  againstTwoPhaseCommit,
  stormy,
];

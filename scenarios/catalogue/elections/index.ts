import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { bullyComplexity } from './bully-complexity.js';
import { bullyScenarios } from './bully.js';
import { changRobertsScenarios } from './chang-roberts.js';
import { floodMaxComplexity } from './flood-max-complexity.js';
import { floodMaxScenarios } from './flood-max.js';
import { lcrScenarios } from './lcr.js';
import { changRobertsComplexity, lcrComplexity } from './ring-complexity.js';

export const electionScenarios: readonly (Scenario | Experiment)[] = [
  ...bullyScenarios,
  bullyComplexity,
  ...changRobertsScenarios,
  changRobertsComplexity,
  ...lcrScenarios,
  lcrComplexity,
  ...floodMaxScenarios,
  floodMaxComplexity,
];

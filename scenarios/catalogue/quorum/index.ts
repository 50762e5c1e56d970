import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { happyPath, levels } from './calm.js';
import { convergenceScenarios } from './convergence.js';
import { deleteScenarios } from './deletes.js';
import { pbs } from './pbs.js';
import { quorumCourses } from './quorums.js';
import { ring } from './ring.js';
import { storms } from './stormy.js';
import { versionScenarios } from './versions.js';

export const quorumScenarios: readonly (Scenario | Experiment)[] = [
  happyPath,
  levels,
  ...versionScenarios,
  ...quorumCourses,
  ...deleteScenarios,
  ...convergenceScenarios,
  ...storms,
  ring,
  pbs,
];

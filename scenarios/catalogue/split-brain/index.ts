import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { evenSplit, idleSuccessor, noQuorum, quorum, quorumAndFencing, rivalCandidates, stormy } from './scenarios.js';
import { sideBySide } from './side-by-side.js';

export const splitBrainScenarios: readonly (Scenario | Experiment)[] = [
  noQuorum,
  quorum,
  quorumAndFencing,
  sideBySide,
  evenSplit,
  idleSuccessor,
  rivalCandidates,
  stormy,
];

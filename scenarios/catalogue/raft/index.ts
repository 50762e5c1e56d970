import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { leaderCrash } from './leader-crash.js';

export const raftScenarios: readonly (Scenario | Experiment)[] = [leaderCrash];

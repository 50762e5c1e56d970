import type { Experiment } from '../../experiment.js';
import { leaderCrash } from './leader-crash.js';

export const compareExperiments: readonly Experiment[] = [leaderCrash];

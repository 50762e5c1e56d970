import type { Experiment } from '../../experiment.js';
import { leaderCrash } from './leader-crash.js';
import { spectrum } from './spectrum.js';

export const compareExperiments: readonly Experiment[] = [leaderCrash, spectrum];

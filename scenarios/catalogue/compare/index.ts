import type { Experiment } from '../../experiment.js';
import { leaderCrash } from './leader-crash.js';
import { messages } from './messages.js';
import { spectrum } from './spectrum.js';

export const compareExperiments: readonly Experiment[] = [leaderCrash, messages, spectrum];

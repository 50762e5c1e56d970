import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { lastMessenger } from './last-messenger.js';
import { lossAgainstConfidence } from './loss-against-confidence.js';
import { lossyMessengers } from './lossy-messengers.js';

export const twoGeneralsScenarios: readonly (Scenario | Experiment)[] = [
  lossyMessengers,
  lastMessenger,
  lossAgainstConfidence,
];

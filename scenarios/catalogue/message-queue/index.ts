import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { atMostOnce, atMostOnceLoses, consumerCrash } from './consumer-crash.js';
import { happyPath } from './happy-path.js';
import { atLeastOnce, carelessConsumer, lostAcknowledgement } from './lost-acknowledgement.js';
import { lostReplies, queueCrash } from './queue-crash.js';
import { slowConsumer, twoMemories } from './slow-consumer.js';
import { stormy, stormyAtMostOnce } from './stormy.js';

export const messageQueueScenarios: readonly (Scenario | Experiment)[] = [
  happyPath,
  consumerCrash,
  lostAcknowledgement,
  carelessConsumer,
  atLeastOnce,
  atMostOnce,
  atMostOnceLoses,
  slowConsumer,
  twoMemories,
  queueCrash,
  lostReplies,
  stormy,
  stormyAtMostOnce,
];

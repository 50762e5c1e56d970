import { messageQueue } from '../../../protocols/message-queue/protocol.js';
import { defineScenario } from '../../scenario.js';
import { course, crashesAfterEffect, crashesAtWork } from './workload.js';

export const consumerCrash = defineScenario({
  ...course,
  protocol: messageQueue,
  name: 'message-queue/consumer-crash',
  summary: 'Consumers crash in the middle of their work; what they had is visible again after a while, and done then.',
  teaches:
    'Nobody tells the queue that a consumer is gone: it waits for the acknowledgement, and no longer. With ' +
    '--bug acknowledges-before-processing it hears of work that was never done; with --bug redelivers-to-nobody it waits for ever.',
  faults: crashesAtWork,
});

export const atMostOnce = defineScenario({
  ...course,
  protocol: messageQueue,
  name: 'message-queue/at-most-once',
  summary: 'The queue forgets what it sends out. Consumers crash, and nothing is done twice.',
  teaches: 'At most once is easy: never repeat anything. What it costs is shown by message-queue/at-most-once-loses.',
  options: { delivery: 'at-most-once', consumer: 'careless', promise: 'at-most-once' },
  faults: [...crashesAtWork, ...crashesAfterEffect],
});

export const atMostOnceLoses = defineScenario({
  ...course,
  protocol: messageQueue,
  name: 'message-queue/at-most-once-loses',
  summary: 'The same queue that forgets what it sends out, judged by whether anything gets lost: it does.',
  teaches:
    'When a message leaves the queue before its effect, nobody can know whether it will have one. A crash decides.',
  options: { delivery: 'at-most-once', consumer: 'careless', promise: 'at-least-once' },
  faults: crashesAtWork,
  expects: { violation: 'no message is lost' },
});

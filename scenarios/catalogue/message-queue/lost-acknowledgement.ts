import { messageQueue } from '../../../protocols/message-queue/protocol.js';
import { defineScenario } from '../../scenario.js';
import { course, crashesAfterEffect } from './workload.js';

const lost = { ...course, protocol: messageQueue, faults: crashesAfterEffect } as const;

export const lostAcknowledgement = defineScenario({
  ...lost,
  name: 'message-queue/lost-acknowledgement',
  summary:
    'A consumer has done its work and crashes, its acknowledgement is lost: the message comes again, and is known.',
  teaches:
    'The queue cannot tell lost work from a lost acknowledgement, and so it repeats. The consumer can, if it has written down what it did ' +
    'in the same write as the effect. With --bug remembers-in-memory or remembers-later it does it again.',
});

export const carelessConsumer = defineScenario({
  ...lost,
  name: 'message-queue/careless-consumer',
  summary: 'The same, with a consumer that remembers nothing: the message takes effect twice.',
  teaches:
    'Exactly-once delivery does not exist. What exists is delivery at least once to somebody who knows what he has done.',
  options: { consumer: 'careless' },
  expects: { violation: 'at most once' },
});

export const atLeastOnce = defineScenario({
  ...lost,
  name: 'message-queue/at-least-once',
  summary: 'The careless consumer again, judged by what it promises: that nothing is lost.',
  teaches: 'Where doing it twice does no harm, nobody has to remember anything.',
  options: { consumer: 'careless', promise: 'at-least-once' },
});

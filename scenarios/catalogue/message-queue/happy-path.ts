import { messageQueue } from '../../../protocols/message-queue/protocol.js';
import { defineScenario } from '../../scenario.js';
import { course } from './workload.js';

export const happyPath = defineScenario({
  ...course,
  protocol: messageQueue,
  name: 'message-queue/happy-path',
  summary: 'Three producers, a queue, two consumers. Nothing fails, and each message takes effect once.',
  teaches:
    'A message is invisible while somebody works on it, and leaves the queue when that one says so. Everything else here is for the ' +
    'day on which he does not.',
  properties: [
    {
      property: 'exactly once',
      sent: { mark: 'sent' },
      delivered: { mark: 'effect' },
      message: 'body',
      complete: true,
    },
  ],
});

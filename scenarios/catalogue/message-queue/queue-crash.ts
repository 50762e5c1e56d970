import { messageQueue } from '../../../protocols/message-queue/protocol.js';
import { defineScenario } from '../../scenario.js';
import { course } from './workload.js';

export const queueCrash = defineScenario({
  ...course,
  protocol: messageQueue,
  name: 'message-queue/queue-crash',
  summary: 'The queue itself crashes again and again, and no longer knows who has what.',
  teaches:
    'What was invisible is visible again, so that much comes twice. Messages and the last number are on disk: with ' +
    '--bug reuses-numbers a new message gets the number of an old one, and its consumer says that it is done already.',
  disk: { syncLatency: { uniform: ['500us', '3ms'] }, loseUnsynced: true, torn: 0.3 },
  faults: [{ do: 'crash', whom: 'queue', at: '500ms', for: '60ms', times: 12, every: '290ms' }],
});

export const lostReplies = defineScenario({
  ...course,
  protocol: messageQueue,
  name: 'message-queue/lost-replies',
  summary: 'Answers to producers get lost, so that they send the same again: the queue takes it once.',
  teaches:
    'A producer is in the place of the queue here: it does not know what became of its message. It numbers what it sends, and the queue ' +
    'remembers the last number of each. With --bug forgets-producers one message is two.',
  faults: [{ do: 'link', from: 'queue', to: 'clients', rule: { loss: 0.3 }, at: '500ms', for: '3s' }],
});

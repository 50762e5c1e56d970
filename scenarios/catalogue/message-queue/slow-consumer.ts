import { messageQueue } from '../../../protocols/message-queue/protocol.js';
import { defineScenario } from '../../scenario.js';
import { course } from './workload.js';

export const slowConsumer = defineScenario({
  ...course,
  protocol: messageQueue,
  name: 'message-queue/slow-consumer',
  summary:
    'Consumers are frozen for longer than a message is invisible: it comes again while the first delivery still waits.',
  teaches:
    'A time-out is a guess. It may be wrong, and then two deliveries of one message are out at once, at the same consumer here.',
  faults: [{ do: 'pause', whom: { random: 1, of: ['a', 'b'] }, at: '500ms', for: '700ms', times: 4, every: '900ms' }],
});

export const twoMemories = defineScenario({
  ...course,
  protocol: messageQueue,
  name: 'message-queue/two-memories',
  summary:
    'Any consumer may get any message, and each remembers only its own work: what one has done the other does again.',
  teaches:
    'The memory must be where the effect is, and be shared by all who may be asked to do it: one database, or always the same consumer ' +
    'for the same message, as in all other scenarios here.',
  options: { sticky: false },
  faults: [
    { do: 'pause', whom: 'subject', when: { mark: 'received', nth: 5 }, for: '700ms', times: 3, every: '900ms' },
  ],
  expects: { violation: 'at most once' },
});

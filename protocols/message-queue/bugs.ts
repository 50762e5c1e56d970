import type { PlantedBug } from '../../engine/index.js';
import type { MessageQueue } from './shape.js';

/** Each changes one line of the protocol. */
export const bugs: { readonly [K in MessageQueue['bugs']]: PlantedBug } = {
  'acknowledges-before-processing': {
    summary: 'A consumer acknowledges what it has received, and works on it afterwards: automatic acknowledgement.',
    property: 'no message is lost',
    source: 'AMQP 0-9-1, basic.consume: no-ack',
    scenario: 'message-queue/consumer-crash',
  },
  'removes-at-delivery': {
    summary: 'The queue forgets a message when it sends it out.',
    property: 'no message is lost',
    source: 'Gray and Reuter 1993, chapter 10: a message is removed when its transaction commits',
    scenario: 'message-queue/consumer-crash',
  },
  'redelivers-to-nobody': {
    summary: 'A message whose time is up stays invisible: nobody gets it again.',
    property: 'delivered in the end',
    source: 'Amazon SQS, visibility timeout',
    scenario: 'message-queue/consumer-crash',
  },
  'remembers-in-memory': {
    summary: 'A consumer keeps what it has seen in memory, and does it again after a crash.',
    property: 'at most once',
    source: 'Helland 2012: to be idempotent is to remember, durably',
    scenario: 'message-queue/lost-acknowledgement',
  },
  'remembers-later': {
    summary: 'The effect is written first, and that it was done a moment later.',
    property: 'at most once',
    source: 'Helland 2012: the memory of a message belongs into the transaction of its effect',
    scenario: 'message-queue/lost-acknowledgement',
  },
  'forgets-producers': {
    summary: 'A message that its producer repeats, as no answer came, is another message to the queue.',
    property: 'at most once',
    source: 'Amazon SQS FIFO queues: message deduplication id',
    scenario: 'message-queue/lost-replies',
  },
  'reuses-numbers': {
    summary:
      'The queue writes its last number down for every eighth message only, and after a restart gives numbers again: consumers take new messages for old.',
    property: 'no message is lost',
    source: 'Saltzer, Reed and Clark 1984: duplicates are told by their numbers',
    scenario: 'message-queue/queue-crash',
  },
};

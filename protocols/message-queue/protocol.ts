import { defineProtocol } from '../../engine/index.js';
import { bugs } from './bugs.js';
import { beginLife, onDeliver, onPollTimer, onWorkDone, rememberLate } from './consumer.js';
import { invariants } from './invariants.js';
import { onAck, onPoll, onSend, onVisible, openQueue } from './queue.js';
import type { MessageQueue } from './shape.js';

export type { MessageQueue } from './shape.js';

export const messageQueue = defineProtocol<MessageQueue>({
  name: 'message-queue',
  source: 'Gray and Reuter 1993; Helland 2012; Saltzer, Reed and Clark 1984',
  summary: 'A queue with acknowledgements and redelivery, and consumers that do not do twice what comes twice.',
  // What cannot come again is known from the order in which messages come.
  transport: 'connection',
  options: {
    delivery: 'at-least-once',
    consumer: 'idempotent',
    sticky: true,
    visibilityMs: 300,
    workMs: 20,
    pollMs: 25,
    lengthMax: 200,
    promise: 'exactly-once',
    settles: true,
  },
  durable: () => ({
    queue: { lastId: 0, messages: [], taken: {} },
    database: { effects: 0, last: null, seen: [] },
  }),
  volatile: () => ({ queue: { invisible: new Set(), removed: null }, consumer: { backlog: [], seen: [] } }),

  onStart(node) {
    if (node.id === node.members[0]) openQueue(node);
    else beginLife(node);
  },
  onRequest: {
    send(node, request) {
      if (node.id === node.members[0]) onSend(node, request);
      else node.redirect(request.ref, node.members[0]!);
    },
  },
  onMessage: {
    Poll: (node, _, from) => onPoll(node, from),
    Deliver: (node, { delivery }) => onDeliver(node, delivery),
    Ack: (node, { id }) => onAck(node, id),
  },
  onTimer: {
    poll: onPollTimer,
    work: onWorkDone,
    visible: onVisible,
    remember: (node, { id }) => rememberLate(node, id),
  },
  roles: ['queue', 'consumer'],
  role: ({ id, members }) => ({ name: id === members[0] ? 'queue' : 'consumer' }),
  invariants,
  bugs,
});

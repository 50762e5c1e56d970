import { ms, type Node, type NodeId, type Request } from '../../engine/index.js';
import { consumersOf, type Message, type MessageQueue } from './shape.js';

/** With `reuses-numbers`. */
const NUMBERS_AT_ONCE = 8;

export type Site = Node<MessageQueue>;

export function openQueue(node: Site): void {
  // Whatever was invisible is visible again: nobody knows what became of it.
  const { queue } = node.durable;
  if (node.bug('reuses-numbers'))
    node.durable.queue = { ...queue, lastId: queue.lastId - (queue.lastId % NUMBERS_AT_ONCE) };
}

/** A message is in the queue before its producer hears so. One that is sent again, as no answer came, is taken once. */
export function onSend(node: Site, { ref, args, session }: Request<MessageQueue, 'send'>): void {
  const { queue } = node.durable;
  const repeated = session !== null && session.sequence <= (queue.taken[session.client] ?? 0);
  if (repeated && !node.bug('forgets-producers')) return node.reply(ref, null);
  if (queue.messages.length >= node.options.lengthMax) return node.fail(ref, 'the queue is full');
  const id = queue.lastId + 1;
  node.durable.queue = {
    lastId: id,
    messages: [...queue.messages, { id, body: args.value }],
    taken: session === null ? queue.taken : { ...queue.taken, [session.client]: session.sequence },
  };
  node.mark('sent', { body: args.value });
  node.reply(ref, null);
}

/** Hands out the oldest message that is visible, and for this consumer. */
export function onPoll(node: Site, from: NodeId): void {
  const { messages } = node.durable.queue;
  const next = messages.find(({ id }) => !node.volatile.queue.invisible.has(id) && isFor(node, id, from));
  if (next === undefined) return;
  const oldest = messages[0]!.id;
  if (node.options.delivery === 'at-most-once' || node.bug('removes-at-delivery')) {
    // Gone before it is sent out: should the queue crash now, it is not sent out again.
    remove(node, next);
  } else {
    node.volatile.queue.invisible.add(next.id);
    node.setTimer('visible', ms(node.options.visibilityMs), { id: next.id }, `${next.id}`);
  }
  node.send(from, { type: 'Deliver', delivery: { id: next.id, body: next.body, oldest } });
}

function isFor({ members, options }: Site, id: number, consumer: NodeId): boolean {
  const consumers = consumersOf(members);
  return !options.sticky || consumers[id % consumers.length] === consumer;
}

/** Nobody has acknowledged it in time: whoever asks next gets it. */
export function onVisible(node: Site, { id }: { readonly id: number }): void {
  if (node.bug('redelivers-to-nobody')) return;
  node.volatile.queue.invisible.delete(id);
  node.mark('visible-again', { id });
}

/** Done, by whichever of its deliveries. */
export function onAck(node: Site, id: number): void {
  const done = node.durable.queue.messages.find((message) => message.id === id);
  if (done === undefined) return;
  node.volatile.queue.invisible.delete(id);
  node.cancelTimer('visible', `${id}`);
  remove(node, done);
}

function remove(node: Site, { id, body }: Message): void {
  const { queue } = node.durable;
  node.durable.queue = { ...queue, messages: queue.messages.filter((message) => message.id !== id) };
  node.volatile.queue.removed = { count: (node.volatile.queue.removed?.count ?? 0) + 1, body };
}

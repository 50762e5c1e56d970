import { ms } from '../../engine/index.js';
import type { Site } from './queue.js';
import type { Delivery } from './shape.js';

/** With `remembers-later`. */
const REMEMBERS_AFTER_MS = 30;

export function beginLife(node: Site): void {
  node.setTimer('poll', ms(node.options.pollMs));
}

/** Without work it asks for some. An answer may be lost, so it asks again. */
export function onPollTimer(node: Site): void {
  if (node.volatile.consumer.backlog.length === 0) node.send(node.members[0]!, { type: 'Poll' });
  node.setTimer('poll', ms(node.options.pollMs));
}

export function onDeliver(node: Site, delivery: Delivery): void {
  const { backlog } = node.volatile.consumer;
  node.mark('received', { id: delivery.id });
  if (node.bug('acknowledges-before-processing')) acknowledge(node, delivery.id);
  backlog.push({ ...delivery });
  if (backlog.length === 1) node.setTimer('work', ms(node.options.workMs));
}

/**
 * The work is done: its effect, and the memory of it, in one write of the disk. The acknowledgement goes out when that is
 * synced, so that what is acknowledged has had its effect.
 */
export function onWorkDone(node: Site): void {
  const { backlog } = node.volatile.consumer;
  const delivery = backlog.shift()!;
  forget(node, delivery.oldest);
  if (isDone(node, delivery.id)) node.mark('done-before', { id: delivery.id });
  else takeEffect(node, delivery);
  if (node.bug('remembers-later'))
    node.setTimer('remember', ms(REMEMBERS_AFTER_MS), { id: delivery.id }, `${delivery.id}`);
  else acknowledge(node, delivery.id);
  if (backlog.length > 0) node.setTimer('work', ms(node.options.workMs));
  else onPollTimer(node);
}

function isDone(node: Site, id: number): boolean {
  if (node.options.consumer === 'careless') return false;
  const { seen } = node.bug('remembers-in-memory') ? node.volatile.consumer : node.durable.database;
  return seen.includes(id);
}

function takeEffect(node: Site, { id, body }: Delivery): void {
  const { effects, seen } = node.durable.database;
  const remembers = node.options.consumer === 'idempotent';
  node.volatile.consumer.seen.push(id);
  node.durable.database = {
    effects: effects + 1,
    last: body,
    seen: remembers && !node.bug('remembers-later') ? [...seen, id] : seen,
  };
  node.mark('effect', { body });
}

export function rememberLate(node: Site, id: number): void {
  const { database } = node.durable;
  if (!database.seen.includes(id)) node.durable.database = { ...database, seen: [...database.seen, id] };
  acknowledge(node, id);
}

/** What cannot come again need not be remembered. Messages come, and are worked on, in the order in which they were sent out. */
function forget(node: Site, oldest: number): void {
  const { database } = node.durable;
  const { consumer } = node.volatile;
  if (database.seen.some((id) => id < oldest)) {
    node.durable.database = { ...database, seen: database.seen.filter((id) => id >= oldest) };
  }
  consumer.seen = consumer.seen.filter((id) => id >= oldest);
}

function acknowledge(node: Site, id: number): void {
  if (node.options.delivery === 'at-least-once') node.send(node.members[0]!, { type: 'Ack', id });
}

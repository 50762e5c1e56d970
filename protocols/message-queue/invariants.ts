import { invariant, type Invariant, type NodeView } from '../../engine/index.js';
import type { Message, MessageQueue } from './shape.js';

type Body = Message['body'];

/**
 * What has taken effect, consumer by consumer, in order. A crash takes back what was not synced yet: that has then never been,
 * as nothing outside of the consumer's own database knows of it.
 */
class Ledger {
  private readonly entries = new Map<string, Body[]>();
  private readonly times = new Map<Body, number>();

  /** @returns what has newly taken effect in this step. */
  follow({ id, durable: { database } }: NodeView<MessageQueue>): Body | null {
    const entries = this.entries.get(id) ?? [];
    this.entries.set(id, entries);
    while (entries.length > database.effects) this.count(entries.pop()!, -1);
    if (entries.length === database.effects || database.last === null) return null;
    entries.push(database.last);
    this.count(database.last, 1);
    return database.last;
  }

  timesOf(body: Body): number {
    return this.times.get(body) ?? 0;
  }

  private count(body: Body, by: number): void {
    this.times.set(body, this.timesOf(body) + by);
  }
}

const atMostOnce = invariant<MessageQueue>()({
  name: 'at most once',
  says: 'No message takes effect twice.',
  source: 'Gray and Reuter 1993, chapter 10; Helland 2012',
  memory: () => new Ledger(),
  afterStep(ledger, node) {
    const body = ledger.follow(node);
    if (body === null || node.options.promise === 'at-least-once' || ledger.timesOf(body) === 1) return null;
    return `message ${body} has taken effect again, at ${node.id}`;
  },
});

const noMessageIsLost = invariant<MessageQueue>()({
  name: 'no message is lost',
  says: 'What has left the queue has had its effect when the run ends.',
  source: 'Gray and Reuter 1993, chapter 10; Helland 2012',
  memory: () => ({ ledger: new Ledger(), removed: 0, early: new Set<Body>() }),
  afterStep(memory, node) {
    memory.ledger.follow(node);
    if (node.id !== node.members[0]) return null;
    const { removed } = node.volatile.queue;
    const isNew = removed !== null && removed.count !== memory.removed;
    memory.removed = removed?.count ?? 0;
    // Only what has had no effect yet can still turn out to be lost.
    if (isNew && memory.ledger.timesOf(removed.body) === 0) memory.early.add(removed.body);
    return null;
  },
  atEnd({ ledger, early }, { nodes }) {
    if (nodes[0]!.options.promise === 'at-most-once') return null;
    const lost = [...early].filter((body) => ledger.timesOf(body) === 0);
    return lost.length === 0 ? null : `message ${lost[0]} left the queue and had no effect, one of ${lost.length}`;
  },
});

const deliveredInTheEnd = invariant<MessageQueue>()({
  name: 'delivered in the end',
  says: 'Where there is time, nothing is left in the queue.',
  source: 'Helland 2012: retries until it works',
  memory: () => null,
  afterStep: () => null,
  atEnd(_, { nodes }) {
    const { durable, options } = nodes[0]!;
    const [left] = durable.queue.messages;
    if (left === undefined || !options.settles) return null;
    return `message ${left.body} is still in the queue, one of ${durable.queue.messages.length}`;
  },
});

export const invariants: readonly Invariant<MessageQueue>[] = [atMostOnce, noMessageIsLost, deliveredInTheEnd];

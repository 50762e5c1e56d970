import { describe, expect, it } from 'vitest';
import { ms } from '../../engine/index.js';
import { messageQueue, type MessageQueue } from '../../protocols/message-queue/protocol.js';
import { ScriptedCluster, type Script } from './scripted-cluster.js';

// What a queue owes, rule by rule: acknowledgement, invisibility, redelivery (as Amazon SQS and AMQP have them), and what a receiver
// owes (Helland 2012: idempotence is a matter of remembering; Saltzer, Reed and Clark 1984: only the ends know).

type Cluster = ScriptedCluster<MessageQueue>;

function cluster(options: Partial<MessageQueue['options']> = {}, bugs: Script<MessageQueue>['bugs'] = []): Cluster {
  return new ScriptedCluster(messageQueue, ['queue', 'a'], { options, bugs });
}

function send(c: Cluster, value: number, sequence: number | null = null): string {
  const session = sequence === null ? null : { client: 'c1', sequence };
  return c.do('queue', (node) => node.request('send', { value }, session));
}

/** Delivers what is on its way of this type, if anything. */
function arrive(c: Cluster, type: 'Poll' | 'Deliver' | 'Ack'): Cluster {
  return c.pending.some(({ message }) => message.type === type) ? c.deliver({ type }) : c;
}

/** The consumer asks, and gets what the queue hands out, if anything. */
function poll(c: Cluster): Cluster {
  c.do('a', (node) => node.fire('poll'));
  return arrive(arrive(c, 'Poll'), 'Deliver');
}

/** The consumer has done its work, and asks for more; that question gets lost here. */
function work(c: Cluster): Cluster {
  c.do('a', (node) => node.fire('work'));
  c.pending = c.pending.filter(({ message }) => message.type !== 'Poll');
  return c;
}

const left = (c: Cluster): unknown[] => c.node('queue').durable.queue.messages.map(({ body }) => body);
const effects = (c: Cluster): number => c.node('a').durable.database.effects;

describe('a message', () => {
  it('is in the queue before its producer hears so, and is handed out oldest first', () => {
    const c = cluster();
    const ref = send(c, 7);
    send(c, 8);
    expect(c.node('queue').answerTo(ref)?.kind).toBe('reply');
    expect(left(c)).toEqual([7, 8]);
    expect(poll(c).node('a').volatile.consumer.backlog).toMatchObject([{ id: 1, body: 7 }]);
  });

  it('is invisible while somebody works on it, and leaves the queue when it is acknowledged', () => {
    const c = cluster();
    send(c, 7);
    poll(c);
    poll(c);
    expect(c.node('a').marked('received')).toBe(1);
    work(c);
    expect(effects(c)).toBe(1);
    expect(left(c)).toEqual([7]);
    c.deliver({ type: 'Ack' });
    expect(left(c)).toEqual([]);
  });

  it('that is not acknowledged in time is visible again', () => {
    const c = cluster();
    send(c, 7);
    poll(c);
    c.crash('a').do('a', (node) => node.restart());
    expect(c.node('queue').timers.get('visible/1')?.after).toBe(ms(300));
    c.do('queue', (node) => node.fire('visible', '1'));
    work(poll(c)).deliver({ type: 'Ack' });
    expect([left(c), effects(c)]).toEqual([[], 1]);
  });

  it('that was done by any of its deliveries is done', () => {
    const c = cluster();
    send(c, 7);
    poll(c);
    c.do('queue', (node) => node.fire('visible', '1'));
    work(c).deliver({ type: 'Ack' });
    expect(left(c)).toEqual([]);
  });

  it('is visible again when the queue has restarted', () => {
    const c = cluster();
    send(c, 7);
    poll(c);
    c.crash('queue').do('queue', (node) => node.restart());
    expect(c.node('queue').volatile.queue.invisible.size).toBe(0);
  });

  it('that its producer repeats is taken once', () => {
    const c = cluster();
    send(c, 7, 1);
    const again = send(c, 7, 1);
    expect(c.node('queue').answerTo(again)?.kind).toBe('reply');
    send(c, 8, 2);
    expect(left(c)).toEqual([7, 8]);
  });

  it('for which there is no room is refused', () => {
    const c = cluster({ lengthMax: 1 });
    send(c, 7);
    expect(c.node('queue').answerTo(send(c, 8))?.kind).toBe('fail');
  });
});

describe('a consumer', () => {
  it('that remembers does not do it again, and acknowledges it again', () => {
    const c = cluster();
    send(c, 7);
    work(poll(c));
    c.pending = []; // The acknowledgement is lost.
    c.crash('a').do('a', (node) => node.restart());
    c.do('queue', (node) => node.fire('visible', '1'));
    work(poll(c)).deliver({ type: 'Ack' });
    expect([left(c), effects(c)]).toEqual([[], 1]);
  });

  it('that does not remember does it twice', () => {
    const c = cluster({ consumer: 'careless' });
    send(c, 7);
    work(poll(c));
    c.pending = [];
    c.do('queue', (node) => node.fire('visible', '1'));
    work(poll(c));
    expect(effects(c)).toBe(2);
    expect(c.violations).toEqual([expect.stringMatching(/message 7 has taken effect again, at a$/)]);
  });

  it('forgets what cannot come again', () => {
    const c = cluster();
    for (const value of [1, 2, 3, 4]) {
      send(c, value);
      work(poll(c)).deliver({ type: 'Ack' });
      c.pending = [];
    }
    expect(c.node('a').durable.database).toMatchObject({ effects: 4, seen: [4] });
  });
});

describe('at most once', () => {
  it('the queue forgets a message before it sends it out', () => {
    const c = cluster({ delivery: 'at-most-once', consumer: 'careless', promise: 'at-most-once' });
    send(c, 7);
    c.do('a', (node) => node.fire('poll'));
    c.deliver({ type: 'Poll' });
    expect(left(c)).toEqual([]);
    c.deliver({ type: 'Deliver' });
    work(c);
    expect([effects(c), c.pending]).toEqual([1, []]);
  });
});

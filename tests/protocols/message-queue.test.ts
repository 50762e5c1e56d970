import { describe, expect, it } from 'vitest';
import { deliveryCounts, type DeliveryEvent } from '../../checkers/index.js';
import { ms, seconds, Simulation } from '../../engine/index.js';
import { messageQueue, type MessageQueue } from '../../protocols/message-queue/protocol.js';
import { drawSwarm, runScenario, simulationConfig } from '../../scenarios/index.js';
import { assertReplaysIdentically, assertRunsPoisoned, assertSameAtBothSpeeds } from '../laws/index.js';
import { named } from '../scenarios/catalogue-runs.js';

const STORMY = ['message-queue/stormy', 'message-queue/stormy-at-most-once'];

describe('swarms find nothing', () => {
  it.each(STORMY)('%s', (name) => {
    for (let seed = 1; seed <= 10; seed++) {
      const { added } = drawSwarm(named(name), `${seed}`);
      const { verdict, violations } = runScenario(named(name), { seed: `${seed}`, ...added });
      expect(verdict, `seed ${seed}: ${JSON.stringify(violations)}`).toBe('ok');
    }
  });
});

/** What was sent and what took effect, from the marks of a run on disks that lose nothing, judged by the checker for deliveries. */
function judged(name: string): Record<string, string> {
  const { result } = runScenario(named(name), { seed: '1', trace: 'events' });
  const trace: DeliveryEvent[] = [];
  for (const { kind, name: mark, body } of result.trace!.events()) {
    if (kind !== 'mark' || (mark !== 'sent' && mark !== 'effect')) continue;
    const { body: message } = body as { readonly body: number };
    trace.push({ type: mark === 'sent' ? 'sent' : 'delivered', message: `${message}` });
  }
  expect(trace.length).toBeGreaterThan(30);
  return Object.fromEntries(
    deliveryCounts(trace, { complete: true }).map(({ property, verdict }) => [property, verdict]),
  );
}

describe('the checker of deliveries says the same as the invariants', () => {
  it.each([
    ['message-queue/happy-path', 'ok', 'ok', 'ok'],
    ['message-queue/consumer-crash', 'ok', 'ok', 'ok'],
    ['message-queue/lost-acknowledgement', 'ok', 'ok', 'ok'],
    ['message-queue/slow-consumer', 'ok', 'ok', 'ok'],
    ['message-queue/at-least-once', 'violation', 'ok', 'violation'],
    ['message-queue/at-most-once', 'ok', 'violation', 'violation'],
    ['message-queue/at-most-once-loses', 'ok', 'violation', 'violation'],
  ])('%s: at most once %s, at least once %s, exactly once %s', (name, most, least, exactly) => {
    expect(judged(name)).toEqual({ 'at most once': most, 'at least once': least, 'exactly once': exactly });
  });
});

describe('laws', () => {
  it.each(STORMY)('%s', (name) => {
    const config = { ...simulationConfig(named(name), { seed: '3' }), until: ms(5000) };
    assertReplaysIdentically(config);
    assertSameAtBothSpeeds(config, ['1', '2']);
    assertRunsPoisoned(config);
  });
});

it('an hour leaves no more behind than a minute', () => {
  const simulation = new Simulation({
    protocol: messageQueue,
    nodes: ['queue', 'a', 'b'],
    seed: '1',
    options: { pollMs: 500, settles: false },
    until: seconds(3600),
    clients: {
      count: 3,
      rate: 0.5,
      operations: [{ request: 'send', args: { value: '$unique' } }],
      target: { nodes: 'queue' },
    },
  });
  expect(simulation.run().violations).toEqual([]);
  const nodes = simulation.world.nodes as unknown as readonly { durable: ReturnType<typeof messageQueue.durable> }[];
  const [queue, ...consumers] = nodes.map(({ durable }) => durable as MessageQueue['durable']);
  expect(queue!.queue.messages.length).toBeLessThan(10);
  for (const { database } of consumers) {
    expect(database.effects).toBeGreaterThan(500);
    expect(database.seen.length).toBeLessThan(10);
  }
});

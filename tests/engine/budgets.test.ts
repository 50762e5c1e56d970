import { describe, expect, it } from 'vitest';
import { ms, seconds, type SimulationConfig } from '../../engine/index.js';
import { gossip } from './gossip.js';
import { probe, run, runQuiet } from './probe.js';

/** n1 and n2 answer one another for ever. */
const pingPong = probe({
  onStart: (node) => (node.id === 'n1' ? node.send('n2' as never, { type: 'Ping' }) : undefined),
  onMessage: {
    Ping: (node, _, from) => node.send(from, { type: 'Pong' }),
    Pong: (node, _, from) => node.send(from, { type: 'Ping' }),
  },
});

const instant: Partial<SimulationConfig> = { network: { latency: { constant: 0 } } };

describe('a run ends', () => {
  it('when nothing is left to do, or its time is up: finished', () => {
    const idle = runQuiet({ protocol: probe({}) });
    expect([idle.ending, idle.endingMessage, idle.violations]).toEqual(['finished', '', []]);
    const busy = runQuiet({ protocol: pingPong, until: ms(77) + 500 });
    expect([busy.ending, busy.virtualTime]).toEqual(['finished', ms(77) + 500]);
  });

  it('after so many events', () => {
    const result = runQuiet({ protocol: pingPong, budget: { events: 500 } });
    expect(result.ending).toBe('events-exhausted');
    expect(result.endingMessage).toMatch(/^stopped after 500 events at /);
    expect(result.events).toBeGreaterThanOrEqual(500);
    expect(result.events).toBeLessThan(510);
  });

  it('when time stands still, and names what goes round', () => {
    const result = runQuiet({ protocol: pingPong, ...instant, budget: { eventsPerInstant: 1_000 } });
    expect(result.ending).toBe('livelock');
    expect(result.endingMessage).toBe(
      "livelock: more than 1000 events at 0 µs: probe's onMessage.Pong at n1 → probe's onMessage.Ping at n2, again and again",
    );
    const timer = probe({ onStart: (n) => n.setTimer('now', 0), onTimer: { now: (n) => n.setTimer('now', 0) } });
    expect(runQuiet({ protocol: timer, nodes: 1 }).endingMessage).toBe(
      "livelock: more than 100000 events at 0 µs: probe's onTimer.now at n1, again and again",
    );
  });

  it('when time stands still without a simple circle, with who was there lately', () => {
    const random = probe({
      onStart: (node) => node.broadcast({ type: 'Go' }),
      onMessage: { Go: (node) => node.send(node.random.pick('whom', node.peers), { type: 'Go' }) },
    });
    const { endingMessage } = runQuiet({ protocol: random, nodes: 5, ...instant, budget: { eventsPerInstant: 1_000 } });
    expect(endingMessage).toMatch(/, lately in probe's onMessage\.Go at n\d/);
  });

  it('not because many nodes have something to do at one instant', () => {
    const NODES = 60_000;
    const protocol = probe({
      onStart: (node) => node.setTimer('tick', ms(1)),
      onTimer: { tick: (node) => node.setTimer('tick', ms(1)) },
    });
    const result = runQuiet({ protocol, nodes: NODES, until: ms(2), trace: 'off', network: {} });
    expect(result.ending).toBe('finished');
    const two = probe({
      onStart: (node) => node.setTimer('tick', ms(1)),
      onTimer: { tick: (node) => [1, 2, 3].forEach((n) => node.send(node.id, { type: 'Note', n })) },
      onMessage: { Note: () => undefined },
    });
    expect(runQuiet({ protocol: two, nodes: NODES, until: ms(2), trace: 'off' }).ending).toBe('finished');
  });

  it('when too much is pending', () => {
    const flood = probe({
      onStart: (node) => node.setTimer('tick', 10),
      onTimer: {
        tick(node) {
          for (let i = 0; i < 10; i++) node.broadcast({ type: 'Drop', i });
          node.setTimer('tick', 10);
        },
      },
      onMessage: { Drop: () => undefined },
    });
    const result = runQuiet({
      protocol: flood,
      network: { latency: { constant: seconds(10) } },
      budget: { queue: 2_000 },
    });
    expect(result.ending).toBe('queue-full');
    expect(result.endingMessage).toMatch(/2000 pending events/);
  });

  it('when the host has no more time; without a host clock there is no such end', () => {
    let now = 0;
    const host = { now: () => (now += 10) };
    const config: Partial<SimulationConfig> = {
      protocol: pingPong,
      until: seconds(1_000),
      trace: 'off',
      budget: { wallMs: 100 },
    };
    const result = runQuiet({ ...config, protocol: pingPong, host });
    expect(result.ending).toBe('wall-exhausted');
    expect(result.endingMessage).toMatch(/^stopped after 100 ms at /);
    expect(runQuiet({ ...config, protocol: pingPong, until: seconds(5) }).ending).toBe('finished');
  });

  it('with the same events, whoever looks at the clock', () => {
    const config: SimulationConfig = { protocol: gossip, nodes: 3, seed: '1', until: ms(500), budget: { wallMs: 1e9 } };
    expect(run({ ...config, host: { now: () => 1 } }).digest).toBe(run(config).digest);
    const progress = new Int32Array(3);
    expect(run({ ...config, host: { progress } }).digest).toBe(run(config).digest);
    expect(progress[0]).toBe(run(config).statistics.steps);
  });

  it('at the first violation, or not', () => {
    const protocol = probe({
      onStart: (node) => node.setTimer('tick', ms(1)),
      onTimer: { tick: (node) => node.setTimer('tick', ms(1)) },
      invariants: [
        {
          name: 'no third millisecond',
          says: '',
          memory: () => null,
          afterStep: (_: unknown, node: { id: string }, world: { now: number }) =>
            world.now >= ms(3) ? `${node.id} reached it` : null,
          atEnd: () => 'asked at the end',
        },
        { name: 'at the end', says: '', memory: () => null, afterStep: () => null, atEnd: () => 'never satisfied' },
      ],
    });
    const first = runQuiet({ protocol, nodes: 2, until: ms(10) });
    expect([first.ending, first.virtualTime]).toEqual(['violation', ms(3)]);
    expect(first.violations).toMatchObject([
      { property: 'no third millisecond', message: 'n1 reached it', node: 'n1', time: ms(3) },
    ]);
    const all = runQuiet({ protocol, nodes: 2, until: ms(10), continueAfterViolation: true });
    expect(all.ending).toBe('violation');
    // Each is told once.
    expect(all.violations.map(({ property, message }) => [property, message])).toEqual([
      ['no third millisecond', 'n1 reached it'],
      ['at the end', 'never satisfied'],
    ]);
  });
});

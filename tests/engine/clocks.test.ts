import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms, seconds, TRUE_CLOCKS, type Fault, type SimulationConfig } from '../../engine/index.js';
import { details, marks, probe, run, runQuiet } from './probe.js';

const looking = probe({
  onStart: (node) => node.setTimer('look', ms(10)),
  onTimer: {
    look(node) {
      node.mark('clock', { wall: node.wall(), monotonic: node.monotonic() });
      node.setTimer('look', ms(10));
    },
  },
});

/** A timer of n1 that is set again as it fires; the true times at which it does. */
function ticks(every: number, config: Partial<SimulationConfig>): number[] {
  const protocol = probe({
    onStart: (node) => node.setTimer('tick', every),
    onTimer: {
      tick(node) {
        node.mark('tick');
        node.setTimer('tick', every);
      },
    },
  });
  return marks(runQuiet({ protocol, nodes: 1, ...config }), 'tick').map(({ time }) => time);
}

describe('clocks', () => {
  it('are never shared by default: each node has an offset, a drift and a start of its own', () => {
    const result = run({ protocol: looking, nodes: 4, seed: '1', until: ms(15), trace: 'events' });
    const seen = marks(result, 'clock');
    expect(seen.length).toBe(4);
    expect(new Set(seen.map(({ detail, time }) => detail.wall - time)).size).toBe(4);
    expect(new Set(seen.map(({ detail }) => detail.monotonic)).size).toBe(4);
    for (const { detail, time } of seen) expect(Math.abs(detail.wall - time)).toBeLessThan(51_000);
    const other = marks(run({ protocol: looking, nodes: 4, seed: '2', until: ms(15), trace: 'events' }), 'clock');
    expect(other).not.toEqual(seen);
  });

  it('are true where the scenario says so', () => {
    const result = runQuiet({ protocol: looking, clocks: TRUE_CLOCKS, until: ms(50) });
    for (const { time, detail } of marks(result, 'clock')) expect(detail).toEqual({ wall: time, monotonic: time });
  });

  it('are as the configuration says for single nodes', () => {
    const clocks = { perNode: { n1: { offset: -ms(3), driftPpm: 0 }, n2: { offset: ms(7), driftPpm: 0 } } };
    const result = run({ protocol: looking, nodes: 2, seed: '1', until: ms(15), trace: 'events', clocks });
    expect(marks(result, 'clock').map(({ detail, time }) => detail.wall - time)).toEqual([-ms(3), ms(7)]);
  });

  it('drift: timers come early or late by the exact factor', () => {
    const perNode = (driftPpm: number) => ({ clocks: { ...TRUE_CLOCKS, perNode: { n1: { driftPpm } } } });
    expect(ticks(ms(100), perNode(0)).slice(0, 3)).toEqual([ms(100), ms(200), ms(300)]);
    expect(ticks(ms(100), perNode(250_000)).slice(0, 3)).toEqual([ms(80), ms(160), ms(240)]);
    expect(ticks(ms(100), perNode(-200_000)).slice(0, 3)).toEqual([ms(125), ms(250), ms(375)]);
    expect(ticks(seconds(1), { ...perNode(-500_000), until: seconds(4) })).toEqual([seconds(2), seconds(4)]);
  });

  it('drift: no timer ever fires before its time on the clock that set it', () => {
    const protocol = probe({
      volatile: () => ({ due: 0 }),
      onStart: (node) => node.setTimer('tick', 1),
      onTimer: {
        tick(node) {
          const early = node.volatile['due'] - node.monotonic();
          if (early > 0) node.mark('early', early);
          const after = node.random.integer('after', 0, 5_000);
          node.volatile['due'] = node.monotonic() + after;
          node.setTimer('tick', after);
        },
      },
    });
    fc.assert(
      fc.property(fc.integer({ min: -900_000, max: 900_000 }), (driftPpm) => {
        const clocks = { perNode: { n1: { driftPpm } } };
        const result = run({ protocol, nodes: 1, seed: `${driftPpm}`, until: ms(500), clocks, trace: 'events' });
        expect(details(result, 'early')).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('jump: only the wall clock moves, and not the timers', () => {
    const faults: Fault[] = [{ do: 'clock', whom: 'n1', at: ms(25), jump: -seconds(5) }];
    const result = runQuiet({ protocol: looking, nodes: 1, faults, until: ms(45) });
    expect(marks(result, 'clock').map(({ time, detail }) => [time, detail.wall, detail.monotonic])).toEqual([
      [ms(10), ms(10), ms(10)],
      [ms(20), ms(20), ms(20)],
      [ms(30), ms(30) - seconds(5), ms(30)],
      [ms(40), ms(40) - seconds(5), ms(40)],
    ]);
  });

  it('drift that begins and ends: clocks go on from where they are, and running timers move', () => {
    // 60 ms are left at 40; a quarter faster takes 50 of them until 80; 10 are left then.
    const fast: Fault[] = [{ do: 'clock', whom: 'n1', at: ms(40), driftPpm: 250_000, for: ms(40) }];
    expect(ticks(ms(100), { faults: fast }).slice(0, 2)).toEqual([ms(90), ms(190)]);
    const slow: Fault[] = [{ do: 'clock', whom: 'n1', at: ms(40), driftPpm: -500_000, for: ms(30) }];
    // 60 ms are left at 40; half speed gives 15 of them until 70; 45 are left then.
    expect(ticks(ms(100), { faults: slow }).slice(0, 2)).toEqual([ms(115), ms(215)]);
    const clock = marks(runQuiet({ protocol: looking, nodes: 1, faults: slow, until: ms(200) }), 'clock');
    const readings = clock.map(({ detail }) => detail.monotonic as number);
    expect(readings).toEqual([...readings].sort((a, b) => a - b));
    for (const { detail } of clock) expect(detail.wall).toBe(detail.monotonic);
    expect(clock.at(-1)!.time - (clock.at(-1)!.detail.monotonic as number)).toBe(ms(15));
  });

  it('drifts that overlap end one by one, and leave the clock as it was', () => {
    const faults: Fault[] = [
      { do: 'clock', whom: 'n1', at: ms(10), driftPpm: 250_000, for: ms(40) },
      { do: 'clock', whom: 'n1', at: ms(20), driftPpm: -500_000, for: ms(100) },
    ];
    const all = ticks(ms(10), { faults });
    const gaps = all.map((time, i) => time - (all[i - 1] ?? 0)).filter((_, i) => all[i]! > ms(150));
    expect(new Set(gaps)).toEqual(new Set([ms(10)]));
  });

  it('that stand still or run backwards are refused', () => {
    for (const driftPpm of [-1_000_000, -2_000_000, NaN, 900_001]) {
      expect(() => ticks(ms(1), { clocks: { perNode: { n1: { driftPpm } } } })).toThrow(/drift/);
    }
    expect(() => ticks(ms(1), { clocks: { perNode: { n9: { driftPpm: 1 } } } })).toThrow(/"n9", which is no node/);
  });

  it('bite: a lease that trusts them is broken by a drift', () => {
    // n1 holds a lease of 100 ms that n2 waits out on its own clock before it takes over.
    const lease = probe({
      onStart: (node) => node.setTimer(node.id === 'n1' ? 'ends' : 'takes', ms(100) + (node.id === 'n1' ? 0 : ms(5))),
      onTimer: { ends: (node) => node.mark('ends'), takes: (node) => node.mark('takes') },
    });
    const order = (driftPpm: number) =>
      marks(
        runQuiet({ protocol: lease, nodes: 2, clocks: { ...TRUE_CLOCKS, perNode: { n2: { driftPpm } } } }),
        'takes',
      )[0]!.time - ms(100);
    expect(order(0)).toBeGreaterThan(0);
    expect(order(100_000)).toBeLessThan(0);
  });
});

import { describe, expect, test } from 'vitest';
import { BEHAVIOURS, type ObjectName } from '../../bench/object-behaviours.js';
import { objectHistory, withLateFault } from '../../bench/object-history.js';
import { fittedExponent, scaling, scalingReport, type ScalingPoint } from '../../bench/scaling.js';
import { kvText, linearizable, modelNamed } from '../../checkers/index.js';

const point = (operations: number, ms: number): ScalingPoint => ({
  operations,
  cpuMs: { median: ms, min: ms, max: ms },
});

describe('histories from a seed', () => {
  const of = (object: ObjectName, keys = 0) =>
    objectHistory({ object, operations: 300, clients: 10, keys, values: 0, seed: 'test' });
  test.each(Object.keys(BEHAVIOURS) as ObjectName[])('of %s are correct, and judged by its monitor', (object) => {
    const result = linearizable(of(object), modelNamed(BEHAVIOURS[object].model));
    expect(result.verdict).toBe('ok');
    expect(result.keys.map(({ by }) => by)).toEqual([object === 'append' ? 'append-list' : object]);
    expect(of(object)).toEqual(of(object));
  });
  test('one changed answer is a violation', () => {
    expect(linearizable(withLateFault(of('append', 3), 'x 0 0 y'), kvText).verdict).toBe('violation');
  });
});

describe('how time grows', () => {
  test('the exponent is that of the power that fits', () => {
    expect(fittedExponent([point(1_000, 10), point(10_000, 100), point(100_000, 1_000)])).toBeCloseTo(1);
    expect(fittedExponent([point(1_000, 10), point(10_000, 1_000)])).toBeCloseTo(2);
  });
  test('what takes less than can be told apart does not count, where there is more', () => {
    expect(fittedExponent([point(100, 3), point(1_000, 10), point(10_000, 100)])).toBeCloseTo(1);
    expect(fittedExponent([point(100, 1), point(1_000, 2)])).toBeCloseTo(Math.log10(2));
  });
  test('a table, and a curve for each monitor', () => {
    let now = 0;
    const clock = { source: 'schedstat', nowNs: () => (now += 7e6) } as const;
    const curves = scaling({ rounds: 1, operationsMax: 3_000, clock, progress: () => undefined });
    expect(curves.map(({ object }) => object)).toEqual(Object.keys(BEHAVIOURS));
    expect(curves.every(({ points }) => points.length === 2)).toBe(true);
    const report = scalingReport(curves);
    expect(report).toMatch(/^register +7\.0 +7\.0 +0\.00$/m);
    expect(report).toMatch(/^ +3,000 █ 7\.0 ms$/m);
  });
});

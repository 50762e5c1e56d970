import { describe, expect, test } from 'vitest';
import {
  casRegister,
  certificateFault,
  defineModel,
  kv,
  linearizable,
  register,
  type AnyModel,
} from '../../checkers/index.js';
import { HistoryError } from '../../checkers/history/well-formed.js';
import type { HistoryEvent, Value } from '../../engine/history.js';
import { chance, randomHistory } from './random-history.js';

/** Over registers by their events alone, and (a caller that says stop is taken at its word for that) by operations and monitors. What their tables take is each one's own. */
function bothWays(history: readonly HistoryEvent[], model: AnyModel) {
  let asked = 0;
  return [
    { ...linearizable(history, model, { evidence: true }), memoryBytes: 0 },
    { ...linearizable(history, model, { evidence: true, shouldStop: () => ++asked === 1 }), memoryBytes: 0 },
  ] as const;
}

type Line = readonly [process: number, type: HistoryEvent['type'], f: string, key: Value, value: Value];

const historyOf = (...lines: readonly Line[]): HistoryEvent[] =>
  lines.map(([process, type, f, key, value], index) => ({ index, time: 10 * index, process, type, f, key, value }));

describe('registers at a glance and operation by operation come to the same result', () => {
  const SHAPES = [
    { operations: 60, processes: 4, keys: 3, values: 0 },
    { operations: 40, processes: 5, values: 0, lost: 0.1 },
    { operations: 30, processes: 3, keys: 2, values: 0, lies: 0.05 },
    { operations: 30, processes: 4, keys: 2, values: 0, lies: 0.05, lost: 0.1, slow: 1 },
    { operations: 12, processes: 3, values: 20 },
  ];

  test.each(SHAPES)('%o', (shape) => {
    const tally = { ok: 0, violation: 0, undecided: 0 };
    for (let seed = 0; seed < 60; seed++) {
      const whole = randomHistory({ names: ['read', 'write'], ...shape }, seed);
      const change = chance(seed);
      // Some answers of others, some writes that surely failed, some keys left out where an operation ends.
      const history = whole.map((event): HistoryEvent => {
        if (event.type !== 'ok' || change() > 0.1) return event;
        const { key: _, ...rest } = event;
        return event.f === 'write' && change() < 0.2 ? { ...rest, type: 'fail', error: 'refused' } : rest;
      });
      const [glance, closely] = bothWays(history, kv);
      expect(JSON.stringify(glance), `seed ${seed}`).toBe(JSON.stringify(closely));
      expect(certificateFault(history, kv, glance)).toBeUndefined();
      tally[glance.verdict]++;
    }
    expect(tally.ok).toBeGreaterThan(0);
    if (shape.lies !== undefined) expect(tally.violation).toBeGreaterThan(0);
  });

  test('small histories of one key, of every sort', () => {
    const verdicts = new Set<string>();
    for (let seed = 0; seed < 3_000; seed++) {
      const shape = {
        operations: 5,
        processes: 3,
        names: ['read', 'write'],
        values: 0,
        lies: 0.2,
        lost: 0.05,
      } as const;
      const history = randomHistory(shape, seed);
      const [glance, closely] = bothWays(history, register);
      expect(JSON.stringify(glance), `seed ${seed}`).toBe(JSON.stringify(closely));
      verdicts.add(`${glance.verdict} by ${glance.keys[0]?.by}`);
    }
    expect(verdicts).toContain('ok by register');
    expect(verdicts).toContain('violation by register');
  });
});

describe('what is no such register is left to others', () => {
  const cases: Readonly<Record<string, readonly Line[]>> = {
    'a value written twice': [
      [0, 'invoke', 'write', 'x', 1],
      [0, 'ok', 'write', 'x', 1],
      [0, 'invoke', 'write', 'x', 2],
      [0, 'ok', 'write', 'x', 2],
      [0, 'invoke', 'write', 'x', 1],
      [0, 'ok', 'write', 'x', 1],
      [1, 'invoke', 'read', 'x', null],
      [1, 'ok', 'read', 'x', 1],
    ],
    'the first value written': [
      [0, 'invoke', 'write', 'x', null],
      [0, 'ok', 'write', 'x', null],
      [1, 'invoke', 'read', 'x', null],
      [1, 'ok', 'read', 'x', null],
    ],
    'compare-and-set': [
      [0, 'invoke', 'write', 'x', 1],
      [0, 'ok', 'write', 'x', 1],
      [0, 'invoke', 'cas', 'x', [1, 2]],
      [0, 'ok', 'cas', 'x', [1, 2]],
      [1, 'invoke', 'read', 'x', null],
      [1, 'ok', 'read', 'x', 2],
    ],
    'a compare-and-set that was refused, which nothing else shows to be wrong': [
      [0, 'invoke', 'write', 'x', 1],
      [0, 'ok', 'write', 'x', 1],
      [0, 'invoke', 'cas', 'x', [2, 3]],
      [0, 'fail', 'cas', 'x', [2, 3]],
    ],
  };

  test.each(Object.entries(cases))('%s', (_, lines) => {
    const history = historyOf(...lines).map((event) =>
      event.type === 'fail' ? { ...event, error: 'precondition-failed' } : event,
    );
    const [glance, closely] = bothWays(history, casRegister);
    expect(glance).toEqual(closely);
    expect(glance.verdict).toBe('ok');
    expect(glance.keys[0]?.by).not.toBe('register');
  });

  test('an input that the model cannot take, and a name that it does not know', () => {
    expect(() => linearizable(historyOf([0, 'invoke', 'cas', 'x', 7]), kv)).toThrow(HistoryError);
    expect(() => linearizable(historyOf([0, 'invoke', 'push', 'x', 7]), kv)).toThrow(/no operation push/);
    const badInput = (input: Value) => (typeof input === 'number' ? undefined : 'a number');
    const write = { ...register.operations['write']!, badInput };
    const numbers = defineModel({ ...register, operations: { ...register.operations, write } });
    const line = [0, 'invoke', 'write', 'x', 'seven'] as const;
    expect(() => linearizable(historyOf(line, [0, 'ok', 'write', 'x', 'seven']), numbers)).toThrow(HistoryError);
  });
});

describe('what does not fit is a violation', () => {
  const cases: Readonly<Record<string, readonly Line[]>> = {
    'read before it was written': [
      [0, 'invoke', 'read', 'x', null],
      [0, 'ok', 'read', 'x', 1],
      [0, 'invoke', 'write', 'x', 1],
      [0, 'ok', 'write', 'x', 1],
    ],
    'forth and back again': [
      [0, 'invoke', 'write', 'x', 1],
      [0, 'ok', 'write', 'x', 1],
      [0, 'invoke', 'write', 'x', 2],
      [0, 'ok', 'write', 'x', 2],
      [0, 'invoke', 'read', 'x', null],
      [0, 'ok', 'read', 'x', 1],
      [0, 'invoke', 'read', 'x', null],
      [0, 'ok', 'read', 'x', 2],
    ],
  };

  test.each(Object.entries(cases))('%s', (_, lines) => {
    const [glance, closely] = bothWays(historyOf(...lines), kv);
    expect(glance).toEqual(closely);
    expect(glance.verdict).toBe('violation');
    expect(glance.keys[0]?.evidence).toBeDefined();
  });
});

test('keys and values are told apart by content, and keys come in the order of their first calls', () => {
  const history = historyOf(
    [5_000, 'invoke', 'write', { table: 1, row: 2 }, [1]],
    [7, 'invoke', 'write', 'b', '[1]'],
    [7, 'ok', 'write', 'b', '[1]'],
    [5_000, 'ok', 'write', { row: 2, table: 1 }, [1]],
    [7, 'invoke', 'read', { row: 2, table: 1 }, null],
    [5_000, 'invoke', 'read', 'b', null],
    [5_000, 'ok', 'read', 'b', '[1]'],
    [7, 'ok', 'read', { row: 2, table: 1 }, [1]],
  );
  const [glance, closely] = bothWays(history, kv);
  expect(glance).toEqual(closely);
  expect(glance.verdict).toBe('ok');
  expect(glance.keys.map(({ key, linearisation }) => [key, linearisation])).toEqual([
    [{ table: 1, row: 2 }, [0, 4]],
    ['b', [1, 5]],
  ]);
});

test('a budget of fewer steps than operations leaves it undecided', () => {
  const history = randomHistory({ operations: 40, processes: 3, names: ['read', 'write'], values: 0 }, 1);
  expect(linearizable(history, register, { budget: { steps: 40 } }).verdict).toBe('ok');
  expect(linearizable(history, register, { budget: { steps: 39 } })).toMatchObject({
    verdict: 'undecided',
    exhausted: 'steps',
  });
});

import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../engine/history.js';
import { transactions, weakIsolation, weakLevels, type WeakLevel } from '../../checkers/index.js';
import { simulate, type StoreMode } from './transactions-stores.js';
import { history, possible, randomTransactions } from './weak-isolation-oracle.js';

const LEVELS = Object.keys(weakLevels) as WeakLevel[];

describe.each(LEVELS)('%s', (level) => {
  test('agrees with its definition on small histories', () => {
    const tally = { ok: 0, violation: 0 };
    const wrong: number[] = [];
    for (let seed = 0; seed < 2_000; seed++) {
      const given = randomTransactions(seed);
      const expected = possible(given, level) ? 'ok' : 'violation';
      tally[expected]++;
      if (weakIsolation(given, level).verdict !== expected) wrong.push(seed);
    }
    expect(wrong).toEqual([]);
    expect(Math.min(tally.ok, tally.violation)).toBeGreaterThan(100);
  });
});

const MODES: readonly StoreMode[] = ['snapshots', 'read-committed', 'read-uncommitted', 'stale-snapshots', 'careless'];

describe.each(LEVELS)('%s, of lists', (level) => {
  test('agrees with its definition on small histories', () => {
    const tally = { ok: 0, violation: 0 };
    const wrong: string[] = [];
    for (const mode of MODES) {
      for (let seed = 0; seed < 250; seed++) {
        const shape = { kind: 'list-append', processes: 3, transactions: 5, keys: 2, stepsMax: 3 } as const;
        const given = simulate({ ...shape, mode, seed, aborted: 1, lastRead: seed % 2 === 0 });
        const expected = possible(given, level) ? 'ok' : 'violation';
        tally[expected]++;
        if (weakIsolation(given, level).verdict !== expected) wrong.push(`${mode}, seed ${seed}: not ${expected}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(Math.min(tally.ok, tally.violation)).toBeGreaterThan(60);
  });
});

describe('causal in the lattice of isolation', () => {
  const causalRow = (given: HistoryEvent[]): string =>
    transactions(given, { consistency: 'all' }).levels.find(({ level }) => level === 'causal')!.verdict;

  test('is decided there as alone, for registers', () => {
    for (let seed = 0; seed < 1_000; seed++) {
      const given = randomTransactions(seed);
      expect(`${seed} ${causalRow(given)}`).toBe(`${seed} ${weakIsolation(given, 'causal').verdict}`);
    }
  });
  test.each(MODES)('is decided there as alone, for lists of %s', (mode) => {
    for (let seed = 0; seed < 60; seed++) {
      const shape = { kind: 'list-append', processes: 4, transactions: 16, keys: 3, stepsMax: 3 } as const;
      const given = simulate({ ...shape, mode, seed, aborted: 1 });
      expect(`${seed} ${causalRow(given)}`).toBe(`${seed} ${weakIsolation(given, 'causal').verdict}`);
    }
  });
});

describe('the examples of textbooks', () => {
  const verdicts = (given: HistoryEvent[]): string[] => LEVELS.map((level) => weakIsolation(given, level).verdict);

  test('a fractured read: half of a transaction, and then the other half missed', () => {
    expect(verdicts(history([1, ['w', 'x', 1], ['w', 'y', 1]], [2, ['r', 'x', 1], ['r', 'y', null]]))).toEqual([
      'violation',
      'violation',
      'violation',
    ]);
    expect(verdicts(history([1, ['w', 'x', 1], ['w', 'y', 1]], [2, ['r', 'y', null], ['r', 'x', 1]]))).toEqual([
      'ok',
      'violation',
      'violation',
    ]);
  });
  test('a dependency over a third one', () => {
    const missed = history(
      [1, ['w', 'x', 1]],
      [2, ['r', 'x', 1], ['w', 'y', 1]],
      [3, ['r', 'y', 1]],
      [3, ['r', 'x', null]],
    );
    expect(verdicts(missed)).toEqual(['ok', 'ok', 'violation']);
  });
  test('write skew is causal', () => {
    expect(verdicts(history([1, ['r', 'x', null], ['w', 'y', 1]], [2, ['r', 'y', null], ['w', 'x', 2]]))).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
  });
  test('reads of nobody, and of others than its own writes', () => {
    expect(verdicts(history([1, ['r', 'x', 9]]))).toEqual(['violation', 'violation', 'violation']);
    expect(verdicts(history([2, ['w', 'x', 2]], [1, ['w', 'x', 1], ['r', 'x', 2]]))).toEqual([
      'violation',
      'violation',
      'violation',
    ]);
  });
  test('a list that does not end in what its reader had appended', () => {
    const missed = weakIsolation(history([1, ['append', 'x', 1], ['r', 'x', []]]), 'read-committed');
    expect(missed.anomalies.map(({ name }) => name)).toEqual(['internal']);
    const over = history([2, ['append', 'x', 2]], [1, ['append', 'x', 1], ['r', 'x', [1, 2]]]);
    expect(weakIsolation(over, 'read-committed').anomalies.map(({ name }) => name)).toContain('internal');
    const own = history([2, ['append', 'x', 2]], [1, ['append', 'x', 1], ['r', 'x', [2, 1]]]);
    expect(weakIsolation(own, 'read-committed').verdict).toBe('ok');
  });
  test('the circle says why', () => {
    const two = history([1, ['w', 'x', 1]], [2, ['w', 'x', 2]], [1, ['r', 'x', 2]], [2, ['r', 'x', 1]]);
    const { anomalies } = weakIsolation(two, 'causal');
    expect(anomalies.map(({ name }) => name)).toEqual(['cyclic-commits']);
    expect(anomalies[0]?.cycle.map(({ type }) => type)).toEqual(['ww', 'ww']);
    expect(anomalies[0]?.says).toBe(
      'T4 read x = 2 of T2 and had to see T0’s 1, so that T0 committed before T2; then T6 read x = 1 of T0 and had to see T2’s 2, so that T2 committed before T0: so T0 would come before itself',
    );
  });
});

import { expect, test } from 'vitest';
import {
  impliesLevel,
  ISOLATION_LEVELS,
  transactions,
  type IsolationLevel,
  type IsolationVerdict,
} from '../../checkers/index.js';
import type { HistoryEvent } from '../../engine/index.js';
import { a, r, together } from './transactions-history.js';
import { simulate, type StoreMode } from './transactions-stores.js';

function rowsOf(history: HistoryEvent[]): Map<IsolationLevel, IsolationVerdict> {
  return new Map(transactions(history, { consistency: 'all' }).levels.map((row) => [row.level, row]));
}

/** So many that each read the next one's write, in a circle. */
const circle = (name: string, size: number) =>
  Array.from({ length: size }, (_, i) => [a(`${name}${i}`, 1), r(`${name}${(i + 1) % size}`, [1])]);

test('a level that breaks is shown by the smallest of all that breaks it, also where many were found', () => {
  const larger = ['a', 'b', 'c', 'd', 'e'].flatMap((name) => circle(name, 3));
  const row = rowsOf(together(...larger, ...circle('z', 2))).get('read-committed');
  expect(row?.evidence?.name).toBe('G1c');
  expect(row?.evidence?.transactions.map(({ text }) => text)).toEqual([
    'append z0 1, r z1 = [1]',
    'append z1 1, r z0 = [1]',
  ]);
  expect(rowsOf(together(...circle('a', 3), ...circle('z', 2))).get('read-committed')?.evidence?.cycle).toHaveLength(2);
});

test('what refutes another level is kept as evidence after many of its name', () => {
  const halves = Array.from({ length: 6 }, (_, i) => [
    [a(`x${i}`, 1), a(`y${i}`, 1)],
    i < 5 ? [r(`y${i}`, []), r(`x${i}`, [1])] : [r(`x${i}`, [1]), r(`y${i}`, [])],
  ]).flat();
  const row = rowsOf(together(...halves)).get('monotonic-atomic-view');
  expect(row?.evidence?.name).toBe('fractured-read');
  expect(row?.evidence?.says).toContain('x5');
});

test('phantoms are what was missed where nothing was', () => {
  const skew = (nothing: null | []) => together([r('x', nothing), a('y', 1)], [r('y', nothing), a('x', 1)]);
  expect(transactions(skew(null)).phenomena).toMatchObject({ A5B: 1, P3: 1 });
  expect(transactions(skew([])).phenomena).toMatchObject({ A5B: 1, P3: 0 });
  const twice = (nothing: null | []) => together([r('x', nothing), r('x', [1])], [a('x', 1)]);
  expect(transactions(twice(null)).phenomena).toMatchObject({ P2: 0, P3: 2 });
  expect(transactions(twice([])).phenomena).toMatchObject({ P2: 1, P3: 0 });
});

test('a budget that ends leaves rows open; what causal settles is settled', () => {
  const skew = together([r('x', []), a('y', 1)], [r('y', []), a('x', 1)]);
  const { levels, verdict } = transactions(skew, { consistency: 'all', budget: { steps: 31 } });
  expect(verdict).toBe('undecided');
  const rows = new Map(levels.map((row) => [row.level, row]));
  expect(rows.get('serializable')).toMatchObject({ verdict: 'undecided', unjudged: 'steps' });
  expect(rows.get('causal')).toEqual({ level: 'causal', verdict: 'ok' });
  expect(rows.get('read-atomic')).toEqual({ level: 'read-atomic', verdict: 'ok', follows: 'causal' });
});

test.each<StoreMode>(['snapshots', 'read-committed', 'read-uncommitted', 'stale-snapshots', 'careless'])(
  'rows fit each other, and every break is shown: %s',
  (mode) => {
    for (let seed = 0; seed < 30; seed++) {
      const shape = { processes: 5, transactions: 40, keys: 3, stepsMax: 4, aborted: 1 } as const;
      const kind = seed % 2 === 0 ? 'list-append' : 'rw-register';
      const rows = rowsOf(simulate({ ...shape, kind, mode, seed }));
      expect([...rows.keys()].reverse()).toEqual(ISOLATION_LEVELS);
      for (const { level, verdict, follows, evidence } of rows.values()) {
        if (verdict === 'ok') continue;
        expect(follows === undefined).toBe(evidence !== undefined);
        if (follows !== undefined) expect(rows.get(follows)?.evidence).toBeDefined();
        if (evidence !== undefined) expect(evidence.refutes).toContain(level);
        for (const [stronger, row] of rows) if (impliesLevel(stronger, level)) expect(row.verdict).toBe('violation');
      }
    }
  },
);

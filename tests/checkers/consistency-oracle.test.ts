import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../engine/history.js';
import {
  consistency,
  CONSISTENCY_LEVELS,
  impliesConsistency,
  kv,
  type ConsistencyLevel,
} from '../../checkers/index.js';
import { weakHistory, type WeakShape } from './consistency-histories.js';
import {
  behindByDefinition,
  eventualByDefinition,
  holdsByDefinition,
  strongEventualByDefinition,
} from './consistency-oracle.js';

const LEVELS = CONSISTENCY_LEVELS.filter((level) => !level.endsWith('eventual') && level !== 'bounded-staleness');

const SHAPES: readonly WeakShape[] = [
  { operations: 7, processes: 3, keys: 1, store: 'any' },
  { operations: 7, processes: 3, keys: 2, store: 'any', writes: 0.6 },
  { operations: 7, processes: 2, keys: 2, store: 'any', lost: 0.2 },
  { operations: 7, processes: 3, keys: 2, store: 'replicas' },
  { operations: 7, processes: 3, keys: 2, store: 'fifo', lost: 0.1 },
  { operations: 6, processes: 3, keys: 1, store: 'atomic', lost: 0.2 },
  { operations: 9, processes: 2, keys: 1, store: 'any', writes: 0.35 },
];
const RUNS = 250;

describe.each(LEVELS)('%s', (level) => {
  test('agrees with its definition on small histories', () => {
    const tally = { ok: 0, violation: 0 };
    const wrong: string[] = [];
    for (const [n, shape] of SHAPES.entries()) {
      for (let seed = 0; seed < RUNS; seed++) {
        const history = weakHistory(shape, seed);
        const expected = holdsByDefinition(history, level) ? 'ok' : 'violation';
        tally[expected]++;
        const found = consistency(history, kv, { levels: [level], evidence: false }).verdict;
        if (found !== expected) wrong.push(`shape ${n}, seed ${seed}: ${found} instead of ${expected}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(tally.ok).toBeGreaterThan(100);
    expect(tally.violation).toBeGreaterThan(100);
  });
});

const CONVERGING: readonly WeakShape[] = [
  { operations: 6, processes: 3, keys: 1, store: 'any', writes: 0.4 },
  { operations: 7, processes: 3, keys: 2, store: 'replicas', writes: 0.4, lastReads: 1 },
  { operations: 6, processes: 3, keys: 1, store: 'replicas', lost: 0.3, lastReads: 2 },
  { operations: 6, processes: 3, keys: 1, store: 'replicas', writes: 0.4, nodes: 2 },
  { operations: 6, processes: 2, keys: 2, store: 'fifo', lost: 0.2, lastReads: 2 },
  { operations: 5, processes: 3, keys: 2, store: 'atomic', lost: 0.3, nodes: 2, lastReads: 1 },
  { operations: 4, processes: 3, keys: 2, store: 'atomic', writes: 0.3 },
];

const CONVERGENCE = [
  ['eventual', undefined, eventualByDefinition],
  ['eventual', 4_000, (history: HistoryEvent[]) => eventualByDefinition(history, 4_000)],
  ['strong-eventual', undefined, strongEventualByDefinition],
] as const;

test.each(CONVERGENCE)(
  '%s, settled after %s µs, agrees with its definition on small histories',
  (level, settle, oracle) => {
    const tally = { ok: 0, violation: 0, undecided: 0 };
    const wrong: string[] = [];
    for (const [n, shape] of CONVERGING.entries()) {
      for (let seed = 0; seed < RUNS; seed++) {
        const history = weakHistory(shape, seed);
        const expected = oracle(history);
        tally[expected]++;
        const settleUs = settle === undefined ? {} : { settleUs: settle };
        const found = consistency(history, kv, { levels: [level], evidence: false, ...settleUs }).verdict;
        if (found !== expected) wrong.push(`shape ${n}, seed ${seed}: ${found} instead of ${expected}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(Math.min(tally.ok, tally.violation, tally.undecided)).toBeGreaterThan(50);
  },
);

test('staleness in versions is what its definition counts', () => {
  const counted: number[] = [];
  for (const shape of SHAPES) {
    for (let seed = 0; seed < RUNS; seed++) {
      const history = weakHistory(shape, seed);
      const result = consistency(history, kv, { levels: ['bounded-staleness'] });
      const behind = result.staleness?.versions ?? -1;
      if (shape.lost === undefined) expect(behind).toBe(behindByDefinition(history));
      counted.push(behind);
      if (behind > 0) {
        const bound = { versions: behind - 1 };
        expect(consistency(history, kv, { levels: ['bounded-staleness'], staleness: bound }).verdict).toBe('violation');
      }
    }
  }
  expect(Math.max(...counted)).toBeGreaterThan(1);
});

test('the lattice: who keeps a stronger level keeps every weaker one', () => {
  const broken: string[] = [];
  for (const [n, shape] of SHAPES.entries()) {
    for (let seed = 0; seed < RUNS; seed++) {
      const history = weakHistory(shape, seed);
      const verdicts = new Map<ConsistencyLevel, string>();
      for (const level of CONSISTENCY_LEVELS) {
        verdicts.set(level, consistency(history, kv, { levels: [level], evidence: false }).verdict);
      }
      for (const strong of CONSISTENCY_LEVELS) {
        for (const weak of CONSISTENCY_LEVELS) {
          if (!impliesConsistency(strong, weak) || verdicts.get(strong) !== 'ok') continue;
          if (verdicts.get(weak) === 'violation') broken.push(`shape ${n}, seed ${seed}: ${strong} without ${weak}`);
        }
      }
    }
  }
  expect(broken).toEqual([]);
});

test('evidence: its operations alone break the level, by definition, and none can be left out', () => {
  let confirmed = 0;
  for (let seed = 0; seed < 150; seed++) {
    const history = weakHistory({ operations: 14, processes: 3, keys: 2, store: 'any' }, seed);
    for (const level of LEVELS.filter((one) => one !== 'linearizable' && one !== 'regular' && one !== 'safe')) {
      const [verdict] = consistency(history, kv, { levels: [level] }).levels;
      if (verdict?.evidence === undefined || verdict.evidence.operations.length > 8) continue;
      const only = (ids: ReadonlySet<number>) => {
        const calls = new Map(history.filter(({ type }) => type === 'invoke').map((event) => [event.process, -1]));
        return history.filter((event) => {
          if (event.type === 'invoke') calls.set(event.process, event.index);
          return ids.has(calls.get(event.process) ?? -1);
        });
      };
      const ids = verdict.evidence.operations.map(({ id }) => id);
      expect(holdsByDefinition(only(new Set(ids)), level)).toBe(false);
      for (const out of ids) {
        const rest = new Set(ids.filter((id) => id !== out));
        const gone = verdict.evidence.operations.find(({ id }) => id === out);
        // A read of a value that nobody writes any more would be another violation.
        if (gone?.f === 'read') expect(holdsByDefinition(only(rest), level)).toBe(true);
      }
      confirmed++;
    }
  }
  expect(confirmed).toBeGreaterThan(200);
});

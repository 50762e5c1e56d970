import { describe, expect, test } from 'vitest';
import type { HistoryEvent, Value } from '../../engine/history.js';
import {
  certificateFault,
  consistency,
  CONSISTENCY_LEVELS,
  formatConsistency,
  formatTransactions,
  kv,
  kvText,
  linearizable,
  queue,
  transactions,
  weakIsolation,
  weakLevels,
  type Budget,
  type WeakLevel,
} from '../../checkers/index.js';
import { weakHistory } from './consistency-histories.js';
import { inSequence, planted } from './planted.js';
import { randomHistory, type HistoryShape } from './random-history.js';
import { simulate } from './transactions-stores.js';
import { crowdHistory } from './crowd.js';
import { worlds } from './worlds.js';

interface Answer {
  readonly verdict: 'ok' | 'violation' | 'undecided';
  readonly steps: number;
  readonly memoryBytes: number;
}

interface Checked {
  readonly name: string;
  readonly check: (budget: Partial<Budget>) => Answer;
  /** What of it is looked at before there is anything to be counted, or may be over when the limit is noticed. */
  readonly slackSteps: number;
  /** Does reading alone refute it? */
  readonly bySight?: boolean;
  /** Is nothing built for it but lists of what was read? */
  readonly byLists?: boolean;
}

const byMonitor = [...new Map(planted.map((one) => [`${one.model.name} by ${one.monitor ?? 'search'}`, one]))];
const objects = byMonitor.flatMap(([name, { model, before, right, wrong, after }]) =>
  [right, wrong].map((answer): Checked => {
    const history = inSequence([...before, answer, ...after]);
    const which = answer === right ? 'right' : 'wrong';
    const check = (budget: Partial<Budget>): Answer => linearizable(history, model, { budget, evidence: true });
    return { name: `${name}, ${which}`, check, slackSteps: 2 * history.length };
  }),
);

const BY_TIME: readonly string[] = ['eventual', 'regular', 'bounded-staleness', 'safe'];
const levels = (['atomic', 'replicas'] as const).flatMap((store) => {
  const history = weakHistory({ operations: 30, processes: 3, keys: 2, store, lastReads: 1 }, 7);
  return CONSISTENCY_LEVELS.map((level): Checked => {
    const check = (budget: Partial<Budget>): Answer => consistency(history, kv, { levels: [level], budget });
    return {
      name: `${level}, ${store}`,
      check,
      slackSteps: 200,
      byLists: store === 'replicas' || BY_TIME.includes(level),
    };
  });
});

/** Of `kvText`, whose keys are empty at first. */
const texts = (shaped: HistoryShape): HistoryEvent[] =>
  randomHistory(shaped, 3).map((event) =>
    event.type === 'ok' && event.f === 'read' ? { ...event, value: event.value ?? '' } : event,
  );
const asTexts = (wrong: boolean): HistoryEvent[] =>
  texts({ operations: 40, processes: 3, names: ['read', 'append'], values: 0, keys: 2 }).map((event) =>
    wrong && event.type === 'ok' && event.f === 'read' && event.process === 1 ? { ...event, value: '' } : event,
  );
const anyModel = [false, true].map((wrong): Checked => {
  const history = asTexts(wrong);
  const check = (budget: Partial<Budget>): Answer => consistency(history, kvText, { levels: ['sequential'], budget });
  return { name: `sequential, of texts, ${wrong ? 'wrong' : 'right'}`, check, slackSteps: 200 };
});

const shape = { seed: 3, processes: 4, transactions: 16, keys: 3, stepsMax: 3 } as const;
const isolation = (['list-append', 'rw-register'] as const).flatMap((kind) =>
  (['serial', 'careless'] as const).flatMap((mode): Checked[] => {
    const history = simulate({ ...shape, kind, mode });
    const weak = Object.keys(weakLevels) as WeakLevel[];
    return [
      {
        name: `transactions of ${kind}, ${mode}`,
        check: (budget) => transactions(history, { budget, consistency: 'all' }),
        slackSteps: 100,
        bySight: mode === 'careless',
      },
      ...weak.map((level) => ({
        name: `${level} of ${kind}, ${mode}`,
        check: (budget: Partial<Budget>): Answer => weakIsolation(history, level, { budget }),
        slackSteps: 300,
        bySight: mode === 'careless',
      })),
    ];
  }),
);

const GROWING = [0, 1, 30, 200, 1_000, 8_000, 100_000, 16_777_216];
// Small tables are made whole before they are counted.
const SLACK_BYTES = 24_000;

describe.each([...objects, ...levels, ...anyModel, ...isolation])(
  '$name',
  ({ check, slackSteps, bySight = false, byLists = bySight }) => {
    const whole = check({});

    test('few steps leave it undecided, more never change the answer, and enough reach it', () => {
      for (const steps of GROWING) {
        const found = check({ steps });
        expect([whole.verdict, 'undecided']).toContain(found.verdict);
        expect(found.steps).toBeLessThanOrEqual(steps + slackSteps);
        if (steps === 0 && !bySight) expect(found.verdict).toBe('undecided');
      }
      expect(check({ steps: GROWING.at(-1) as number })).toEqual(whole);
    });

    test('so it is with memory', () => {
      for (const memoryBytes of GROWING) {
        const found = check({ memoryBytes });
        expect([whole.verdict, 'undecided']).toContain(found.verdict);
        expect(found.memoryBytes).toBeLessThanOrEqual(memoryBytes + SLACK_BYTES);
        if (memoryBytes === 0 && !byLists) expect(found.verdict).toBe('undecided');
      }
      expect(check({ memoryBytes: GROWING.at(-1) as number })).toEqual(whole);
    });
  },
);

test('the checks above answer both ways', () => {
  for (const all of [objects, levels, anyModel, isolation]) {
    const verdicts = new Set(all.map(({ check }) => check({}).verdict));
    expect(verdicts.has('ok') && verdicts.has('violation')).toBe(true);
  }
});

describe('what was spent, and how far it got', () => {
  const hard = weakHistory({ operations: 60, processes: 6, keys: 3, store: 'atomic' }, 1);

  test('a level is judged alike alone and among others', () => {
    for (const steps of [100, 1_000, 10_000]) {
      const all = consistency(hard, kv, { budget: { steps } });
      for (const one of all.levels) {
        if (one.follows !== undefined) continue;
        const [alone] = consistency(hard, kv, { budget: { steps }, levels: [one.level] }).levels;
        expect(alone).toEqual(one);
      }
    }
  });

  test('the view of each client is counted, for each of its rounds', () => {
    const processes = 3;
    const history = weakHistory({ operations: 30, processes, keys: 2, store: 'atomic', lastReads: 1 }, 7);
    for (const level of ['pram', 'causal-memory'] as const) {
      const { verdict, steps } = consistency(history, kv, { levels: [level] });
      expect([level, verdict]).toEqual([level, 'ok']);
      expect(steps).toBeGreaterThan(processes * 2 * 30);
      // Beside it, causal looks at the whole once.
      expect(steps).toBeGreaterThan(2 * consistency(history, kv, { levels: ['causal'] }).steps);
    }
  });

  test('one key that has no order settles it, where the whole would be searched for ever', () => {
    const events: HistoryEvent[] = [];
    const add = (process: number, f: string, key: string, input: Value, output: Value): void => {
      const at = events.length;
      events.push({ index: at, time: at, type: 'invoke', process, f, key, value: input });
      events.push({ index: at + 1, time: at + 1, type: 'ok', process, f, key, value: output });
    };
    for (let i = 0; i < 60; i++) add(i % 6, 'append', `k${i % 5}`, `${i}`, `${i}`);
    add(0, 'append', 'x', 'a', 'a');
    add(0, 'read', 'x', null, '');
    const [level] = consistency(events, kvText, { levels: ['sequential'], budget: { steps: 5_000 } }).levels;
    expect(level).toMatchObject({ verdict: 'violation', evidence: { pattern: 'NoOrder' } });
    expect(level?.evidence?.operations).toHaveLength(2);
  });

  test('what is linearizable is sequential, and soon known to be', () => {
    const shaped = { operations: 200, processes: 8, names: ['read', 'append'], values: 0, keys: 4 } as const;
    const budget = { steps: 100_000 };
    expect(consistency(texts(shaped), kvText, { levels: ['sequential'], budget }).verdict).toBe('ok');
  });

  test('the clocks of many sessions count', () => {
    const history = simulate({ ...shape, processes: 200, transactions: 200, kind: 'rw-register', mode: 'serial' });
    expect(weakIsolation(history, 'causal').memoryBytes).toBeGreaterThan(100_000);
  });

  test('a search for an order tells the longest that it found, and what each client waits for', () => {
    const history = asTexts(true);
    const result = consistency(history, kvText, { levels: ['sequential'], budget: { steps: 400 } });
    const [level] = result.levels;
    expect(level).toMatchObject({ verdict: 'undecided', unjudged: 'steps', longest: { of: 40 } });
    expect(level?.longest?.operations).toBeGreaterThan(0);
    expect(level?.longest?.waiting.every((id) => history[id]?.type === 'invoke')).toBe(true);
    expect(formatConsistency(result)).toMatch(
      /^\? sequential undecided: the budget of steps ended after \d+ steps and 0\.0 MB; the longest order found has \d+ of 40/,
    );
  });

  test('transactions have no beginning that was fine: what was looked at, and which levels were settled', () => {
    const history = simulate({ ...shape, kind: 'list-append', mode: 'serial' });
    const result = transactions(history, { budget: { memoryBytes: 2_000 } });
    expect(result).toMatchObject({ verdict: 'undecided', exhausted: 'memory', graph: { complete: false } });
    expect(formatTransactions(result)).toContain(
      `in the graph: 16 transactions and ${result.graph.edges} edges; others found no room\n  open: `,
    );
  });

  test('the search has no table before there is room for it', () => {
    const history = randomHistory({ operations: 2_000, processes: 5, names: ['read', 'write', 'cas'], values: 3 }, 1);
    for (const memoryBytes of [1_000, 100_000]) {
      const result = linearizable(history, kv, { budget: { memoryBytes } });
      if (result.verdict === 'undecided') expect(result.exhausted).toBe('memory');
      expect(result.memoryBytes).toBeLessThanOrEqual(memoryBytes + SLACK_BYTES);
    }
  });

  test('an explanation is as large as the budget leaves it, and sound', () => {
    const world = worlds['queue, unique values']!;
    const history = crowdHistory(world, { operations: 300, clients: 4, lieAt: 200 }, 1);
    const sizes = [300, 700, 50_000].map((steps) => {
      const result = linearizable(history, queue, { budget: { steps }, evidence: true });
      expect(result.verdict).toBe('violation');
      expect(result.steps).toBeLessThanOrEqual(steps);
      expect(certificateFault(history, queue, result)).toBeUndefined();
      return result.keys[0]?.evidence?.part.length ?? 0;
    });
    expect(sizes[0]).toBeGreaterThan(10 * (sizes.at(-1) as number));
  });
});

import { describe, expect, test } from 'vitest';
import { certificateFault, defineModel, linearizable, models, type AnyModel } from '../../checkers/index.js';
import type { HistoryEvent } from '../../engine/history.js';
import { inSequence, planted } from './planted.js';
import { crowdHistory, type Crowd } from './crowd.js';
import { worlds } from './worlds.js';

/** SOAK=n runs n times as many. */
const RUNS = 20 * Number(process.env['SOAK'] ?? 1);

/** The same object without what theory makes easy. The rule of registers is not the model's, so it stays. */
function withoutMonitors(model: AnyModel): AnyModel {
  return defineModel({ ...model, monitors: [], apart: false });
}

describe('one planted violation is found, by the monitor and by the search', () => {
  test.each(planted.map((one) => [one.model.name, one.kind, one] as const))('%s: %s', (_model, _kind, one) => {
    const { model, monitor, before, right, wrong, after } = one;
    const searched = withoutMonitors(model);
    for (const judge of [model, searched]) {
      const sound = inSequence([...before, right]);
      expect(linearizable(sound, judge).verdict).toBe('ok');
      const history = inSequence([...before, wrong, ...after]);
      const result = linearizable(history, judge, { evidence: true });
      expect(result.verdict).toBe('violation');
      expect(certificateFault(history, model, result)).toBeUndefined();
      const by = result.keys[0]?.by;
      if (judge === model && monitor !== undefined) expect(by).toBe(monitor);
      else if (monitor !== 'register') expect(['search', 'frontier']).toContain(by);
    }
  });

  test('every model has some', () => {
    const without = models.filter((model) => model.name !== 'kv-text' && !planted.some((one) => one.model === model));
    expect(without.map((model) => model.name)).toEqual([]);
  });
});

const BY_THEORY: readonly [world: string, monitor: string][] = [
  ['counter, one amount', 'counter'],
  ['set, each value added and removed once', 'set'],
  ['queue, unique values', 'queue'],
  ['stack, unique values', 'stack'],
  ['priority-queue, unique values', 'priority-queue'],
  ['mutex, all named', 'mutex'],
  ['lease, tokens as they are given', 'lease'],
  ['grow-only set', 'grow-only-set'],
  ['append-list', 'append-list'],
  ['unique-ids', 'unique-ids'],
];

describe('monitors agree with the search', () => {
  const CROWDS: readonly Crowd[] = [
    { operations: 40, clients: 4, lieAt: 25 },
    { operations: 40, clients: 5, lost: 0.05 },
    { operations: 40, clients: 4, lost: 0.03, lies: 0.08 },
  ];

  test.each(BY_THEORY)('%s', (name, monitor) => {
    const world = worlds[name]!;
    const searched = withoutMonitors(world.model);
    const tally = { ok: 0, violation: 0, byMonitor: 0 };
    for (const crowd of CROWDS) {
      for (let seed = 0; seed < RUNS; seed++) {
        const history = crowdHistory(world, crowd, seed);
        const result = linearizable(history, world.model);
        const { verdict } = linearizable(history, searched, { budget: { steps: 300_000 } });
        if (verdict !== 'undecided') expect(result.verdict, `seed ${seed}`).toBe(verdict);
        if (result.verdict !== 'undecided') tally[result.verdict]++;
        if (result.keys[0]?.by === monitor) tally.byMonitor++;
      }
    }
    expect(tally.ok).toBeGreaterThan(0);
    expect(tally.violation).toBeGreaterThan(0);
    expect(tally.byMonitor).toBeGreaterThan((CROWDS.length * RUNS) / 2);
  });
});

test('a name that does two things at once is for the search', () => {
  const events: [HistoryEvent['type'], number, string][] = [
    ['invoke', 0, 'acquire'],
    ['invoke', 1, 'acquire'],
    ['ok', 1, 'acquire'],
    ['invoke', 1, 'release'],
    ['ok', 1, 'release'],
    ['ok', 0, 'acquire'],
    ['invoke', 0, 'release'],
    ['ok', 0, 'release'],
  ];
  const history = events.map(([type, process, f], index) => ({ index, time: index, type, process, f, value: 'both' }));
  const { verdict, keys } = linearizable(history, worlds['mutex']!.model);
  expect([verdict, keys[0]?.by]).toEqual(['ok', 'search']);
});

describe('takes that were never answered', () => {
  /** Sequential puts and takes; an answer that is undefined never came. */
  function history(steps: readonly (readonly [string, number | null, number | null | undefined])[]): HistoryEvent[] {
    const events: HistoryEvent[] = [];
    const record = (type: 'invoke' | 'ok', process: number, f: string, value: number | null): void => {
      events.push({ index: events.length, time: events.length, type, process, f, value });
    };
    for (const [process, [f, input, answer]] of steps.entries()) {
      record('invoke', process, f, input);
      if (answer !== undefined) record('ok', process, f, answer);
    }
    return events;
  }

  test.each([
    ['queue', 'enqueue', 'dequeue', [1, 2]],
    ['stack', 'push', 'pop', [2, 1]],
    ['priority-queue', 'insert', 'extract-min', [1, 2]],
  ] as const)('%s: may have taken what is gone, one each', (name, put, take, [first, second]) => {
    const { model } = worlds[`${name}, unique values`]!;
    const judged = (steps: Parameters<typeof history>[0]): [string, string | undefined] => {
      const { verdict, keys } = linearizable(history(steps), model);
      return [verdict, keys[0]?.by];
    };
    const two = [
      [put, 1, 1],
      [put, 2, 2],
    ] as const;
    expect(judged([...two, [take, null, undefined], [take, null, second]])).toEqual(['ok', name]);
    expect(judged([...two, [take, null, undefined], [take, null, first]])).toEqual(['ok', name]);
    expect(judged([...two, [take, null, undefined], [take, null, null]])).toEqual(['violation', name]);
    expect(judged([...two, [take, null, undefined], [take, null, undefined], [take, null, null]])).toEqual([
      'ok',
      name,
    ]);
    expect(judged([...two, [take, null, null], [take, null, undefined]])).toEqual(['violation', name]);
  });
});

import { describe, expect, test } from 'vitest';
import {
  casRegister,
  kv,
  linearizable,
  models,
  OnlineLinearizability,
  queue,
  register,
  set,
  type AnyModel,
} from '../../checkers/index.js';
import type { HistoryEvent } from '../../engine/history.js';
import { chance, randomHistory, type HistoryShape } from './random-history.js';

/** The first event after which the history up to there is refuted, when it is judged as a whole. */
function firstRefuted(history: readonly HistoryEvent[], model: AnyModel): number {
  return history.findIndex((_, at) => linearizable(history.slice(0, at + 1), model).verdict === 'violation');
}

function firstFound(history: readonly HistoryEvent[], model: AnyModel): number {
  const online = new OnlineLinearizability(model, { configurationsMax: 100_000 });
  return history.findIndex((event) => online.feed(event) === 'violation');
}

function compare(histories: readonly (readonly HistoryEvent[])[], model: AnyModel): void {
  let violations = 0;
  for (const [seed, history] of histories.entries()) {
    const expected = firstRefuted(history, model);
    if (expected !== -1) violations++;
    expect(firstFound(history, model), `${model.name}, seed ${seed}`).toBe(expected);
  }
  expect(violations).toBeGreaterThan(histories.length / 20);
  expect(violations).toBeLessThan(histories.length);
}

const SHAPES: readonly [AnyModel, HistoryShape][] = [
  [register, { operations: 9, processes: 3, names: ['read', 'write'], values: 3, lies: 0.2 }],
  [register, { operations: 12, processes: 4, names: ['read', 'read', 'write'], values: 0, lies: 0.2, lost: 0.3 }],
  [casRegister, { operations: 9, processes: 4, names: ['read', 'write', 'cas'], values: 2, lies: 0.2, lost: 0.2 }],
  [kv, { operations: 12, processes: 4, names: ['read', 'append', 'write'], keys: 2, values: 0, lies: 0.2, lost: 0.2 }],
];

describe('says of each event what a check of the history up to there says', () => {
  test.each(SHAPES)('%#: $name', (model, shape) => {
    compare(
      Array.from({ length: 150 }, (_, seed) => randomHistory(shape, seed)),
      model,
    );
  });

  test.each([queue, set])('$name, with answers drawn at random', (model) => {
    compare(
      Array.from({ length: 200 }, (_, seed) => drawn(model === queue ? QUEUE : SET, seed)),
      model,
    );
  });
});

interface Vocabulary {
  readonly change: readonly string[];
  readonly ask: string;
  readonly answers: readonly unknown[];
}

const QUEUE: Vocabulary = { change: ['enqueue'], ask: 'dequeue', answers: [1, 2, 3, null] };
const SET: Vocabulary = { change: ['add'], ask: 'read', answers: [[], [1], [1, 2], [2]] };

/** Operations of two processes that overlap as it comes, with answers that nobody has worked out. */
function drawn({ change, ask, answers }: Vocabulary, seed: number): HistoryEvent[] {
  const random = chance(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const history: HistoryEvent[] = [];
  const open = new Map<number, { f: string; value: unknown }>();
  let next = 0;
  const processes = [0, 1, 2];
  for (let step = 0; step < 14; step++) {
    const process = Math.floor(random() * processes.length);
    const name = processes[process] as number;
    const running = open.get(name);
    const common = { index: history.length, time: history.length, process: name };
    if (running === undefined) {
      const operation = random() < 0.5 ? { f: pick(change), value: 1 + (next++ % 3) } : { f: ask, value: null };
      open.set(name, operation);
      history.push({ ...common, type: 'invoke', ...operation } as HistoryEvent);
      continue;
    }
    open.delete(name);
    const end = random();
    const type = end < 0.7 ? 'ok' : end < 0.85 ? 'fail' : 'info';
    const value = type === 'ok' && running.f === ask ? pick(answers) : running.value;
    history.push({ ...common, type, f: running.f, value } as HistoryEvent);
    if (type === 'info') processes[process] = name + 10;
  }
  return history;
}

describe('in particular', () => {
  type Line = readonly [process: number | 'nemesis', type: HistoryEvent['type'], f: string, value?: number | null];
  const answers = (...lines: readonly Line[]): string[] => {
    const online = new OnlineLinearizability(register);
    return lines.map(([process, type, f, value = null], at) =>
      online.feed({ index: at, time: at, process, type, f, value }),
    );
  };

  test('a violation stays one, whatever becomes of other keys', () => {
    const online = new OnlineLinearizability(register);
    const of = (key: string, f: string): string[] =>
      (['invoke', 'ok'] as const).map((type, at) =>
        online.feed({ index: at, time: at, process: 0, type, f, key, value: type === 'ok' ? 7 : null }),
      );
    expect([of('x', 'read'), of('y', 'unheard-of'), of('x', 'read')].flat()).toEqual([
      'ok',
      ...Array(5).fill('violation'),
    ]);
  });

  test('what the nemesis does is nothing that the model would have to know', () => {
    const done: Line[] = [
      [0, 'invoke', 'read'],
      [0, 'ok', 'read', 7],
    ];
    expect(answers(['nemesis', 'invoke', 'start'], ['nemesis', 'info', 'start'], ...done).at(-1)).toBe('violation');
  });

  test('what was lost comes after what had returned before it was called, for a read that was open all the time, too', () => {
    const lost: Line[] = [
      [0, 'invoke', 'read'],
      [1, 'invoke', 'write', 3],
      [1, 'ok', 'write', 3],
      [2, 'invoke', 'write', 2],
      [2, 'info', 'write', 2],
      [0, 'ok', 'read', 2],
      [1, 'invoke', 'read'],
    ];
    expect(answers(...lost, [1, 'ok', 'read', 2]).at(-1)).toBe('ok');
    expect(answers(...lost, [1, 'ok', 'read', 3]).at(-1)).toBe('violation');
  });
});

test('remembers no more than what is open, and says so where that is too much', () => {
  const shape: HistoryShape = { operations: 4_000, processes: 5, names: ['read', 'write', 'cas'], keys: 2, values: 5 };
  // A crowded moment may come at any time; what is left behind would add up.
  const history = randomHistory({ ...shape, operations: 16_000, processes: 3 }, 1);
  const long = new OnlineLinearizability(kv, { configurationsMax: 100_000 });
  const quarters = [0, 0, 0, 0];
  for (const [at, event] of history.entries()) {
    long.feed(event);
    quarters[Math.floor((4 * at) / history.length)]! += long.remembered / (history.length / 4);
  }
  expect(Math.max(...quarters)).toBeLessThan(2 * Math.min(...quarters));
  const online = new OnlineLinearizability(kv, { configurationsMax: 2 });
  const crowded = randomHistory({ ...shape, operations: 200, names: ['append', 'read'] }, 2);
  expect(crowded.map((event) => online.feed(event)).at(-1)).toBe('gave-up');
});

test('every model can be asked online', () => {
  for (const model of models) {
    const online = new OnlineLinearizability(model);
    expect(online.feed({ index: 0, time: 0, process: 0, type: 'invoke', f: 'unheard-of', value: null })).toBe('ok');
    expect(online.feed({ index: 1, time: 1, process: 0, type: 'ok', f: 'unheard-of', value: null })).toBe('gave-up');
  }
});

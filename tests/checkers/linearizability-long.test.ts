import { describe, expect, test } from 'vitest';
import {
  casRegister,
  certificateFault,
  kv,
  linearizable,
  register,
  type AnyModel,
  type LinearizabilityResult,
} from '../../checkers/index.js';
import type { HistoryEvent } from '../../engine/history.js';
import { chance, randomHistory, type HistoryShape } from './random-history.js';

function confirmed(history: HistoryEvent[], model: AnyModel): LinearizabilityResult {
  const result = linearizable(history, model, { evidence: true });
  expect(certificateFault(history, model, result)).toBeUndefined();
  return result;
}

const LONG: [name: string, model: AnyModel, shape: HistoryShape, stepsMax: number][] = [
  [
    '2,000 operations, 60 processes, 5 values',
    register,
    { operations: 2_000, processes: 60, names: ['read', 'write'], values: 5 },
    300_000,
  ],
  [
    '1,500 operations, 50 processes, 20 values',
    register,
    { operations: 1_500, processes: 50, names: ['read', 'write'], values: 20 },
    300_000,
  ],
  [
    '10,000 operations, 10 processes, 5 values',
    casRegister,
    { operations: 10_000, processes: 10, names: ['read', 'write', 'cas'], values: 5 },
    500_000,
  ],
  [
    '10,000 operations, every value once',
    register,
    { operations: 10_000, processes: 10, names: ['read', 'write'], values: 0 },
    500_000,
  ],
  ['30 processes', register, { operations: 5_000, processes: 30, names: ['read', 'write'], values: 0 }, 2_000_000],
  [
    'three very slow processes',
    casRegister,
    { operations: 10_000, processes: 10, names: ['read', 'write', 'cas'], values: 5, slow: 3 },
    2_000_000,
  ],
  [
    'lost answers',
    casRegister,
    { operations: 3_000, processes: 10, names: ['read', 'write', 'cas'], values: 5, lost: 0.03 },
    500_000,
  ],
  [
    'lost appends',
    kv,
    { operations: 2_000, processes: 10, keys: 3, names: ['read', 'append'], values: 0, lost: 0.03 },
    500_000,
  ],
  [
    'many keys',
    kv,
    { operations: 10_000, processes: 10, keys: 500, names: ['read', 'write', 'cas', 'append'], values: 5 },
    500_000,
  ],
];

describe('what a correct store did is linearizable, however long', () => {
  test.each(LONG)('%s', (_name, model, shape, stepsMax) => {
    for (const seed of [1, 2]) {
      const result = confirmed(randomHistory(shape, seed), model);
      expect(result.verdict).toBe('ok');
      expect(result.steps).toBeLessThan(stepsMax);
    }
  });

  test('the cost of a search grows with the length as the length does, a slow client or not', () => {
    const steps = (operations: number, slow: number): number => {
      return linearizable(
        randomHistory({ operations, processes: 8, names: ['read', 'write', 'cas'], values: 5, slow }, 3),
        casRegister,
      ).steps;
    };
    expect(steps(20_000, 0)).toBeLessThan(3 * steps(10_000, 0));
    expect(steps(20_000, 1)).toBeLessThan(3 * steps(10_000, 1));
  });
});

describe('one planted violation is found', () => {
  /** The history with one read, well after its beginning, that returns what was there long before. */
  function withStaleRead(history: HistoryEvent[], seed: number): HistoryEvent[] | undefined {
    const random = chance(seed);
    const reads = history.filter((event, at) => at > 400 && event.type === 'ok' && event.f === 'read');
    const read = reads[Math.floor(random() * reads.length)];
    const writes = history.filter(
      (event) => event.type === 'ok' && event.f === 'write' && event.index < (read?.index ?? 0) - 200,
    );
    const write = writes[Math.floor(random() * writes.length)];
    if (read === undefined || write === undefined) return undefined;
    return history.map((event) => (event === read ? { ...event, value: write.value } : event));
  }

  test.each([0, 0.02])('a read of what was overwritten long ago (lost answers: %d)', (lost) => {
    for (let seed = 0; seed < 10; seed++) {
      const sound = randomHistory({ operations: 1_000, processes: 8, names: ['read', 'write'], values: 0, lost }, seed);
      const history = withStaleRead(sound, seed);
      if (history === undefined) throw new Error('no read to change');
      const result = confirmed(history, register);
      expect(result.verdict).toBe('violation');
      const evidence = result.keys[0]?.evidence;
      expect(evidence?.minimal).toBe(true);
      expect(evidence?.part.length).toBeLessThanOrEqual(4);
      expect(evidence?.why).toMatch(
        /^(returned after write=\d+ was acknowledged|was called after read → \d+ returned) at [\d.]+ s$/,
      );
    }
  });

  test('a value that nobody wrote', () => {
    const sound = randomHistory(
      { operations: 1_000, processes: 8, names: ['read', 'write', 'cas'], values: 4, lost: 0.03 },
      5,
    );
    const at = sound.findIndex((event, i) => i > 600 && event.type === 'ok' && event.f === 'read');
    const history = sound.map((event, i) => (i === at ? { ...event, value: 77 } : event));
    const result = confirmed(history, casRegister);
    expect(result.verdict).toBe('violation');
    expect(result.keys[0]?.evidence?.part.length).toBe(1);
    expect(result.keys[0]?.evidence?.why).toBe('saw 77, which nobody wrote');
  });

  test('every violated key is named with evidence, the first one without', () => {
    const sound = randomHistory({ operations: 600, processes: 6, keys: 4, names: ['read', 'write'], values: 0 }, 6);
    const wrong = new Set(['k1', 'k3']);
    const history = sound.map((event) =>
      event.type === 'ok' && event.f === 'read' && wrong.has(String(event.key)) ? { ...event, value: -1 } : event,
    );
    const violated = (result: LinearizabilityResult): unknown[] =>
      result.keys.filter((key) => key.verdict === 'violation').map((key) => key.key);
    expect(violated(confirmed(history, kv)).sort()).toEqual(['k1', 'k3']);
    expect(violated(linearizable(history, kv))).toHaveLength(1);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  casRegister,
  defineModel,
  kv,
  kvText,
  modelNamed,
  models,
  register,
  semaphoreOf,
  UnknownModelError,
  type AnyModel,
  type Operation,
} from '../../checkers/index.js';
import type { Value } from '../../engine/history.js';

function operation(
  f: string,
  input: Value,
  output: Value | undefined,
  outcome: Operation['outcome'],
  error?: string,
): Operation {
  const times = { call: 0, return: 1, invokedAt: 0, returnedAt: 1 };
  return { id: 0, process: 0, f, key: 'x', input, output, outcome, error, node: undefined, ...times };
}

const state = fc.constantFrom<Value>(null, '', 'a', 'ab', 0, 1, ['a'], ['a', 'b'], { a: 1 });

/** Any operation that a model may be asked about, with any outcome. */
function operations(model: AnyModel): fc.Arbitrary<Operation> {
  const names = Object.entries(model.operations).flatMap(([name, rule]) => [name, ...(rule.also ?? [])]);
  return fc
    .record({
      f: fc.constantFrom(...names),
      a: state,
      b: state,
      outcome: fc.constantFrom('ok', 'unknown', 'failed' as const),
      mismatch: fc.boolean(),
    })
    .map(({ f, a, b, outcome, mismatch }) => {
      const input = model.rule(f)?.badInput?.(a) === undefined ? a : [a, b];
      const error = outcome === 'failed' && mismatch ? 'mismatch' : undefined;
      const output = outcome !== 'ok' ? undefined : mismatch ? false : b;
      return operation(f, input, output, outcome, error);
    })
    .filter((one) => one.outcome !== 'failed' || model.rule(one.f)?.observed?.(one) === true);
}

/** What a model declares about its operations must be so: the checker takes its word. */
function brokenPromise(model: AnyModel, given: Operation, before: Value): string | undefined {
  const rule = model.rule(given.f);
  if (rule === undefined) return 'no rule';
  const after = rule.step(before, given) as readonly Value[];
  const pure = typeof rule.pure === 'function' ? rule.pure(given) : rule.pure === true;
  if (pure && after.some((next) => JSON.stringify(next) !== JSON.stringify(before)))
    return 'pure, but changes the state';
  const reads = rule.reads?.(given);
  const writes = rule.writes?.(given);
  if (reads !== undefined && after.length > 0 !== (JSON.stringify(reads) === JSON.stringify(before)))
    return 'reads something else';
  if (writes !== undefined && after.some((next) => JSON.stringify(next) !== JSON.stringify(writes)))
    return 'writes something else';
  if (writes !== undefined && reads === undefined && after.length !== 1) return 'writes, but not everywhere';
  return undefined;
}

describe('what a model declares is so', () => {
  test.each([register, casRegister, kv, kvText].map((model) => [model.name, model] as const))('%s', (_name, model) => {
    fc.assert(
      fc.property(operations(model), state, (given, before) => {
        expect(brokenPromise(model, given, before)).toBeUndefined();
      }),
      { numRuns: 3_000 },
    );
  });
  test('and the test would notice', () => {
    const wrong = defineModel({
      ...casRegister,
      operations: { ...casRegister.operations, cas: { ...casRegister.operations['cas'], pure: true } as never },
    });
    expect(brokenPromise(wrong, operation('cas', [0, 1], [0, 1], 'ok'), 0)).toBe('pure, but changes the state');
    const lax = defineModel({ ...register, operations: { read: { step: (s: Value) => [s], reads: () => 1 } } });
    expect(brokenPromise(lax, operation('read', null, 2, 'ok'), 2)).toBe('reads something else');
  });
});

describe('models', () => {
  test('are found by name, with a summary each', () => {
    expect(models.map((model) => model.name)).toEqual([
      'register',
      'cas-register',
      'multi-register',
      'kv',
      'kv-text',
      'append-list',
      'counter',
      'set',
      'queue',
      'stack',
      'priority-queue',
      'mutex',
      'semaphore',
      'lease',
      'log',
      'unique-ids',
      'transactional-register',
      'write-snapshot',
      'exchanger',
    ]);
    for (const model of models) {
      expect(modelNamed(model.name)).toBe(model);
      expect(model.summary).not.toBe('');
    }
    expect(() => modelNamed('casregister')).toThrow(UnknownModelError);
    try {
      modelNamed('casregister');
    } catch (error) {
      expect((error as UnknownModelError).hint).toBe('Did you mean cas-register?');
    }
  });
  test('a semaphore of any size', () => {
    expect(modelNamed('semaphore:7').init()).toBe(7);
    expect(modelNamed('semaphore').init()).toBe(2);
    expect(() => modelNamed('semaphore:0')).toThrow(UnknownModelError);
    expect(() => semaphoreOf(0)).toThrow(RangeError);
  });
  test('know the names that other histories use', () => {
    for (const [f, name] of [
      ['get', 'read'],
      ['put', 'write'],
      ['set', 'write'],
      ['compare-and-set', 'cas'],
    ] as const) {
      expect(kv.rule(f)).toBe(kv.operations[name]);
    }
    expect(kv.rule('constructor')).toBeUndefined();
  });
  test('cannot have two operations of one name', () => {
    const rule = { step: (s: Value) => [s] };
    expect(() =>
      defineModel({ name: 'm', summary: '', init: () => null, operations: { a: rule, b: { ...rule, also: ['a'] } } }),
    ).toThrow('model m: two operations are called a');
  });
  test('append to texts and to lists', () => {
    const append = (before: Value, value: Value): readonly unknown[] =>
      kv.rule('append')?.step(before, operation('append', value, value, 'ok')) ?? [];
    expect(append(null, 'a')).toEqual(['a']);
    expect(append('a', 'b')).toEqual(['ab']);
    expect(append(null, 1)).toEqual([[1]]);
    expect(append([1], 2)).toEqual([[1, 2]]);
    expect(append(7, 2)).toEqual([]);
  });
});

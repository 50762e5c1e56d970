import { describe, expect, test } from 'vitest';
import {
  casRegister,
  certificateFault,
  defineModel,
  kv,
  linearizable,
  register,
  type AnyModel,
  type Operation,
} from '../../checkers/index.js';
import { linearizableByDefinition } from './oracle.js';
import { randomHistory, type HistoryShape } from './random-history.js';

const RUNS = 1_000;

interface Tally {
  ok: number;
  violation: number;
  wrong: number[];
  unconfirmed: string[];
}

/** Compares the checker with the definition on many small histories, every verdict confirmed from its certificate. */
function compare(model: AnyModel, shape: HistoryShape, runs = RUNS, judge: AnyModel = model): Tally {
  const tally: Tally = { ok: 0, violation: 0, wrong: [], unconfirmed: [] };
  for (let seed = 0; seed < runs; seed++) {
    const history = randomHistory(shape, seed);
    const result = linearizable(history, model, { evidence: true });
    const expected = linearizableByDefinition(history, judge) ? 'ok' : 'violation';
    tally[expected]++;
    if (result.verdict !== expected) tally.wrong.push(seed);
    const fault = certificateFault(history, judge, result);
    if (fault !== undefined) tally.unconfirmed.push(`seed ${seed}: ${fault}`);
    // Without evidence the same search runs, but stops at the first key that is violated.
    if (linearizable(history, model).verdict !== result.verdict) tally.wrong.push(seed);
  }
  return tally;
}

function expectAgreement(tally: Tally, runs = RUNS): void {
  expect(tally.wrong).toEqual([]);
  expect(tally.unconfirmed).toEqual([]);
  expect(tally.ok).toBeGreaterThan(runs / 10);
  expect(tally.violation).toBeGreaterThan(runs / 10);
}

describe('agrees with the definition on small histories', () => {
  test('register', () => {
    expectAgreement(compare(register, { operations: 7, processes: 3, names: ['read', 'write'], values: 3, lies: 0.3 }));
  });
  test('register with lost answers', () => {
    const shape: HistoryShape = {
      operations: 7,
      processes: 4,
      names: ['read', 'read', 'write'],
      values: 3,
      lies: 0.3,
      lost: 0.3,
    };
    expectAgreement(compare(register, shape));
  });
  test('register, every value written once', () => {
    const shape: HistoryShape = {
      operations: 7,
      processes: 4,
      names: ['read', 'write'],
      values: 0,
      lies: 0.2,
      lost: 0.2,
    };
    expectAgreement(compare(register, shape));
  });
  test('register with compare-and-set', () => {
    expectAgreement(
      compare(casRegister, { operations: 7, processes: 4, names: ['read', 'write', 'cas'], values: 2, lies: 0.4 }),
    );
  });
  test('register with compare-and-set and lost answers', () => {
    const shape: HistoryShape = {
      operations: 8,
      processes: 4,
      names: ['read', 'write', 'cas'],
      values: 2,
      lies: 0.5,
      lost: 0.35,
    };
    expectAgreement(compare(casRegister, shape));
  });
  test('key-value store with several keys', () => {
    const shape: HistoryShape = {
      operations: 8,
      processes: 4,
      keys: 2,
      names: ['read', 'write', 'cas'],
      values: 2,
      lies: 0.3,
      lost: 0.2,
    };
    expectAgreement(compare(kv, shape));
  });
  test('key-value store with appends', () => {
    const shape: HistoryShape = {
      operations: 7,
      processes: 4,
      names: ['read', 'append'],
      values: 2,
      lies: 0.05,
      lost: 0.3,
    };
    const tally = compare(kv, { ...shape, lies: 0.2 });
    expectAgreement(tally);
    expectAgreement(compare(kv, { ...shape, names: ['read', 'append', 'write', 'cas'], lies: 0.2 }));
  });
  test('a model with several outcomes', () => {
    expectAgreement(
      compare(looseRegister, {
        operations: 7,
        processes: 3,
        names: ['read', 'write', 'cas'],
        values: 3,
        lies: 0.4,
        lost: 0.2,
      }),
    );
  });
});

// A write may be rounded down or up to an even number: two states may follow.
const looseRegister = defineModel<number>({
  name: 'loose-register',
  summary: 'stores even numbers only',
  init: () => 0,
  operations: {
    read: { pure: true, step: (state, op) => (op.output === undefined || (op.output ?? 0) === state ? [state] : []) },
    write: {
      step: (_state, op) => [Number(op.input) - (Number(op.input) % 2), Number(op.input) + (Number(op.input) % 2)],
    },
    cas: { step: (state, op) => (op.outcome === 'ok' ? [(op.input as number[])[1] as number] : [state]) },
  },
});

describe('the comparison would notice', () => {
  const shape: HistoryShape = {
    operations: 8,
    processes: 4,
    names: ['read', 'write', 'cas'],
    values: 2,
    lies: 0.5,
    lost: 0.35,
  };

  /** cas-register with one declaration that is not true. */
  function twisted(change: Partial<AnyModel['operations'][string]>, f: string): AnyModel {
    const { name, summary, init, operations } = casRegister;
    return defineModel({
      name,
      summary,
      init,
      operations: { ...operations, [f]: { ...operations[f], ...change } as never },
    });
  }

  test('an operation that is wrongly declared pure', () => {
    const wrong = twisted({ pure: (operation: Operation) => operation.outcome === 'ok' }, 'cas');
    expect(compare(wrong, shape, RUNS, casRegister).wrong.length).toBeGreaterThan(0);
  });
  test('a lost write that is dropped although somebody saw it', () => {
    const wrong = twisted({ pure: (operation: Operation) => operation.outcome === 'unknown' }, 'write');
    expect(compare(wrong, shape, RUNS, casRegister).wrong.length).toBeGreaterThan(0);
  });
  test('a read that does not say what it saw', () => {
    const wrong = twisted({ reads: () => 7 }, 'read');
    expect(compare(wrong, shape, RUNS, casRegister).wrong.length).toBeGreaterThan(0);
  });
});

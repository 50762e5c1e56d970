import {
  defineModel,
  kv,
  kvText,
  linearizable,
  queue,
  readHistory,
  register,
  stack,
  writeJsonl,
  type AnyModel,
} from '../checkers/index.js';
import type { HistoryEvent } from '../engine/history.js';
import { objectHistory, withLateFault } from './object-history.js';
import type { BenchSuite, BenchTask } from './suites.js';
import { registerHistory } from './register-history.js';

function task(operations: number, clients: number, unknownEvery: number): BenchTask {
  const history = registerHistory({ operations, clients, unknownEvery, seed: 'bench' });
  const invoked = history.filter((event) => event.type === 'invoke').length;
  return {
    name: `${operations.toLocaleString('en')} operations, ${clients} clients, one in ${unknownEvery} unknown`,
    unit: 'operation',
    run() {
      const { verdict } = linearizable(history, register);
      if (verdict !== 'ok') throw new Error(`a history that is linearizable by construction was judged ${verdict}`);
      return invoked;
    },
  };
}

/** Judges a history whose verdict is known. */
function judging(
  name: string,
  model: AnyModel,
  history: readonly HistoryEvent[],
  expected: 'ok' | 'violation',
): BenchTask {
  const invoked = history.filter((event) => event.type === 'invoke').length;
  return {
    name,
    unit: 'operation',
    run() {
      const { verdict } = linearizable(history, model, { evidence: expected === 'violation' });
      if (verdict !== expected) throw new Error(`${name} was judged ${verdict}`);
      return invoked;
    },
  };
}

const SEED = 'bench';

/** The same object, of which nothing is known but what its operations do. */
function searched(model: AnyModel): AnyModel {
  const { name, summary, init } = model;
  const operations = Object.entries(model.operations).map(([called, { also = [], pure = false, step }]) => {
    return [called, { also, pure, step }] as const;
  });
  return defineModel({ name, summary, init, operations: Object.fromEntries(operations) });
}

function byTheory(): BenchTask[] {
  const of = (object: 'register' | 'queue' | 'stack', operations: number): HistoryEvent[] =>
    objectHistory({ object, operations, clients: 10, keys: 0, values: 0, seed: SEED });
  const register100k = of('register', 100_000);
  const text = writeJsonl(register100k);
  const crowd = { clients: 50, keys: 10, values: 0, seed: SEED } as const;
  const appends = objectHistory({ object: 'append', operations: 3_000, ...crowd });
  const shared = objectHistory({
    object: 'register',
    operations: 100_000,
    clients: 100,
    keys: 50,
    values: 0,
    seed: SEED,
  });
  return [
    { name: 'reading the file of the next', unit: 'operation', run: () => readHistory(text).history.length / 2 },
    judging('100,000 operations, every value once', register, register100k, 'ok'),
    judging('1,000,000 operations, every value once', register, of('register', 1_000_000), 'ok'),
    judging('queue, 100,000 operations', queue, of('queue', 100_000), 'ok'),
    judging('stack, 100,000 operations', stack, of('stack', 100_000), 'ok'),
    judging('100,000 operations on 50 keys, 100 clients', kv, shared, 'ok'),
    judging('the same by search', searched(kv), shared, 'ok'),
    judging(
      'long appends, 50 clients, one violation, explained',
      kvText,
      withLateFault(appends, 'x 0 0 y'),
      'violation',
    ),
  ];
}

function bySearch(): BenchTask[] {
  const history = objectHistory({
    object: 'register',
    operations: 10_000,
    clients: 10,
    keys: 0,
    values: 5,
    seed: SEED,
  });
  return [
    judging('10,000 operations, 5 values, by search', register, history, 'ok'),
    judging('the same with a late violation, explained', register, withLateFault(history, 77), 'violation'),
  ];
}

/** Judging histories of one register, none of them easy to cut into pieces; and those that theory makes easy. */
export const checkerSuite: BenchSuite = {
  name: 'checker',
  says: 'linearizability: one register, and what theory makes easy',
  tasks: () => [task(1_000, 5, 100), task(10_000, 5, 1_000), task(10_000, 20, 10_000), ...bySearch(), ...byTheory()],
};

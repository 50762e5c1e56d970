import { linearizable, register } from '../checkers/index.js';
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

/** Judging histories of one register, none of them easy to cut into pieces. */
export const checkerSuite: BenchSuite = {
  name: 'checker',
  says: 'linearizability of one register',
  tasks: () => [task(1_000, 5, 100), task(10_000, 5, 1_000), task(10_000, 20, 10_000)],
};

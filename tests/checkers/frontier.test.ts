import { describe, expect, test } from 'vitest';
import { casRegister, operationsOf } from '../../checkers/index.js';
import { MemoryBudget } from '../../checkers/budget.js';
import { Frontier } from '../../checkers/linearizability/frontier.js';
import { problemOf, type Problem } from '../../checkers/linearizability/problem.js';
import { Search } from '../../checkers/linearizability/search.js';
import { counts } from '../../checkers/models/model.js';
import { linearizableByDefinition } from './oracle.js';
import { randomHistory } from './random-history.js';

describe('each of them alone agrees with the definition', () => {
  test.each([
    ['search', (problem: Problem, memory: MemoryBudget) => new Search(problem, memory)],
    [
      'search by deadline',
      (problem: Problem, memory: MemoryBudget) => new Search(problem, memory, undefined, undefined, true),
    ],
    ['frontier', (problem: Problem, memory: MemoryBudget) => new Frontier(problem, memory)],
  ] as const)('%s', (_name, made) => {
    const tally = { ok: 0, violation: 0 };
    for (let seed = 0; seed < 400; seed++) {
      const history = randomHistory(
        { operations: 7, processes: 4, names: ['read', 'write', 'cas'], values: 2, lies: 0.4, lost: 0.2 },
        seed,
      );
      const operations = operationsOf(history).filter((one) => counts(casRegister, one));
      const expected = linearizableByDefinition(history, casRegister) ? 'ok' : 'violation';
      tally[expected]++;
      const alone = made(problemOf(casRegister, operations), new MemoryBudget(1e8));
      expect(alone.run(1e6), `seed ${seed}`).toBe(expected);
    }
    expect(tally.ok).toBeGreaterThan(40);
    expect(tally.violation).toBeGreaterThan(40);
  });
});

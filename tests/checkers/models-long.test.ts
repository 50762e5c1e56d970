import { describe, expect, test } from 'vitest';
import { certificateFault, linearizable, type LinearizabilityResult } from '../../checkers/index.js';
import type { HistoryEvent } from '../../engine/history.js';
import { crowdHistory, type Crowd } from './crowd.js';
import { worlds, type World } from './worlds.js';

// The search needs an order of the values in it, which clients that put equal ones in and take them out do not give it.
const HARD = new Set(['queue', 'stack', 'priority-queue']);

function judged(world: World, history: HistoryEvent[]): LinearizabilityResult {
  const result = linearizable(history, world.model, { evidence: true, budget: { steps: 3_000_000 } });
  if (result.verdict !== 'undecided') expect(certificateFault(history, world.model, result)).toBeUndefined();
  return result;
}

describe.each(Object.entries(worlds))('%s', (name, world) => {
  test.each<[string, Crowd]>([
    ['all answered', { operations: 120, clients: 5 }],
    ['answers lost', { operations: 80, clients: 5, lost: 0.02 }],
  ])('what a correct object did is linearizable: %s', (_crowd, crowd) => {
    for (let seed = 0; seed < 2; seed++) {
      const { verdict } = judged(world, crowdHistory(world, crowd, seed));
      if (HARD.has(name)) expect(verdict).not.toBe('violation');
      else expect(verdict, `seed ${seed}`).toBe('ok');
    }
  });

  test('a wrong answer is found', () => {
    let found = 0;
    for (let seed = 0; seed < 40 && found < 2; seed++) {
      const history = crowdHistory(world, { operations: 60, clients: 3, lieAt: 25 + seed }, seed);
      if (judged(world, history).verdict === 'violation') found++;
    }
    expect(found).toBe(2);
  });
});

import { describe, expect, test } from 'vitest';
import { certificateFault, linearizable, operationsOf, type Operation } from '../../checkers/index.js';
import { isPure } from '../../checkers/models/model.js';
import { projected, spareOperations } from '../../checkers/models/spare.js';
import { sameValue } from '../../checkers/values.js';
import { fitsByDefinition, linearizableByDefinition } from './oracle.js';
import { chance } from './random-history.js';
import { crowdHistory, type Crowd } from './crowd.js';
import { worlds, type World } from './worlds.js';

/** SOAK=n runs n times as many. */
const RUNS = 60 * Number(process.env['SOAK'] ?? 1);

function compare(world: World, crowd: Crowd): { ok: number; violation: number } {
  const tally = { ok: 0, violation: 0 };
  for (let seed = 0; seed < RUNS; seed++) {
    // By two moments each, there are as many orders of four as of eight.
    const few = world.begin === undefined ? crowd : { ...crowd, operations: 4 };
    const history = crowdHistory(world, few, seed);
    const result = linearizable(history, world.model, { evidence: true });
    const expected = linearizableByDefinition(history, world.model) ? 'ok' : 'violation';
    tally[expected]++;
    expect(result.verdict, `seed ${seed}`).toBe(expected);
    expect(certificateFault(history, world.model, result), `seed ${seed}`).toBeUndefined();
  }
  return tally;
}

describe('every model agrees with the definition on small histories', () => {
  describe.each(Object.entries(worlds))('%s', (_name, world) => {
    test.each<[string, Crowd]>([
      ['all answered', { operations: 7, clients: 3, lies: 0.15 }],
      ['answers lost', { operations: 7, clients: 4, lies: 0.1, lost: 0.25 }],
      ['all at once', { operations: 6, clients: 6, lies: 0.2 }],
    ])('%s', (_crowd, crowd) => {
      const { ok, violation } = compare(world, crowd);
      expect(ok).toBeGreaterThan(0);
      expect(violation).toBeGreaterThan(0);
    });
  });
});

describe('what models declare', () => {
  test.each(Object.entries(worlds))(
    '%s: leaving out what may be left out leaves a correct history correct',
    (_name, world) => {
      let left = 0;
      for (let seed = 0; seed < 2 * RUNS; seed++) {
        const size = world.begin === undefined ? 7 : 4;
        const all = operationsOf(crowdHistory(world, { operations: size, clients: 3, lost: 0.15 }, seed));
        const counted = all.filter(
          (one) => one.outcome !== 'failed' || world.model.rule(one.f)?.observed?.(one) === true,
        );
        const random = chance(seed);
        const candidates = counted.filter(() => random() < 0.6);
        const kept = counted.filter((one) => !candidates.includes(one));
        for (const projecting of [false, true]) {
          const spare = spareOperations(world.model, kept, candidates, projecting);
          left += spare.size;
          const rest = counted.filter((one) => !spare.has(one));
          const asLeft = projecting ? projected(world.model, rest, [...spare]) : rest;
          expect(fitsByDefinition(world.model, asLeft), `seed ${seed}`).toBe(true);
        }
      }
      expect(left).toBeGreaterThan(world.begin === undefined ? 0 : -1);
    },
  );

  /** Follows an order that works, and tries every operation in every state on the way. */
  test.each(Object.entries(worlds).filter(([, { begin }]) => begin === undefined))(
    '%s: pure, reads, writes and foresee hold in the states of its histories',
    (_name, world) => {
      const { model } = world;
      for (let seed = 0; seed < RUNS / 3; seed++) {
        const history = crowdHistory(world, { operations: 12, clients: 4, lost: 0.1 }, seed);
        const operations = operationsOf(history);
        const byId = new Map(operations.map((one) => [one.id, one]));
        const order = (linearizable(history, model).keys[0]?.linearisation ?? []).map(
          (id) => byId.get(id) as Operation,
        );
        const required = order.filter((one) => one.return !== Infinity);
        const mayBe =
          model.foresee?.(
            required,
            operations.filter((one) => one.return === Infinity),
          ) ?? (() => true);
        let state: unknown = model.init();
        for (const one of [...order, undefined]) {
          expect(mayBe(state), `seed ${seed}`).toBe(true);
          for (const other of order) expect(brokenPromise(world, state, other), `seed ${seed}`).toBeUndefined();
          if (one !== undefined) state = model.rule(one.f)?.step(state, one)[0];
        }
      }
    },
  );
});

function brokenPromise({ model }: World, before: unknown, operation: Operation): string | undefined {
  const rule = model.rule(operation.f);
  const after: readonly unknown[] = rule?.step(before, operation) ?? [];
  const pure = isPure(model, operation);
  if (pure && after.some((next) => !sameValue(next, before))) return 'pure, but changes the state';
  const reads = rule?.reads?.(operation);
  const writes = rule?.writes?.(operation);
  if (reads !== undefined && after.length > 0 !== sameValue(reads, before)) return 'reads something else';
  if (writes !== undefined && after.some((next) => !sameValue(next, writes))) return 'writes something else';
  return writes !== undefined && reads === undefined && after.length !== 1 ? 'writes, but not everywhere' : undefined;
}

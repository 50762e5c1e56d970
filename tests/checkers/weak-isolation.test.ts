import { describe, expect, test } from 'vitest';
import type { HistoryEvent, Value } from '../../engine/history.js';
import { transactionsOf, weakIsolation, weakLevels, type Transaction, type WeakLevel } from '../../checkers/index.js';
import { chance } from './random-history.js';

const LEVELS = Object.keys(weakLevels) as WeakLevel[];

type Step = [f: string, key: string, value: Value];

function event(index: number, type: HistoryEvent['type'], process: number, value: readonly Step[]): HistoryEvent {
  return { index, time: index, type, process, f: 'txn', value };
}

/** Transactions one after the other, each process and its steps. */
function history(...all: readonly (readonly [number, ...Step[]])[]): HistoryEvent[] {
  return all.flatMap(([process, ...steps], i) => [
    event(
      2 * i,
      'invoke',
      process,
      steps.map(([f, key, value]): Step => [f, key, f === 'r' ? null : value]),
    ),
    event(2 * i + 1, 'ok', process, steps),
  ]);
}

/** Reads return anything that some transaction writes last, or the initial value. */
function randomTransactions(seed: number): HistoryEvent[] {
  const random = chance(seed);
  const below = (n: number): number => Math.floor(random() * n);
  let value = 0;
  const shapes = Array.from({ length: 3 + below(3) }, () => {
    const steps = Array.from({ length: 1 + below(3) }, (): Step => {
      return random() < 0.5 ? ['w', 'xy'[below(2)]!, ++value] : ['r', 'xy'[below(2)]!, null];
    });
    return [below(3), ...steps] as [number, ...Step[]];
  });
  for (const [, ...steps] of shapes) {
    for (const [i, step] of steps.entries()) {
      if (step[0] === 'w') continue;
      const own = steps.slice(0, i).findLast(([f, key]) => f === 'w' && key === step[1]);
      const others = shapes.flatMap(([, ...theirs]) => {
        const last = theirs.findLast(([f, key]) => f === 'w' && key === step[1]);
        return theirs === steps || last === undefined || theirs.includes(step) ? [] : [last[2]];
      });
      step[2] = own?.[2] ?? ([null, ...others][below(others.length + 1)] as Value);
    }
  }
  return history(...shapes);
}

/** By definition: an order of commits that keeps sessions and reads, in which each axiom holds (arXiv 1908.04509, Figure 2). */
function possible(given: HistoryEvent[], level: WeakLevel): boolean {
  const all = transactionsOf(given, 'rw-register').transactions;
  const writes = (t: Transaction, key: unknown): Value | undefined =>
    t.operations.findLast((o) => o.f === 'w' && o.key === key)?.value;
  const external = (t: Transaction) =>
    t.operations.filter((o, i) => o.f === 'r' && !t.operations.slice(0, i).some((w) => w.f === 'w' && w.key === o.key));
  const from = (key: unknown, value: Value): Transaction | undefined =>
    all.find((t) => value !== null && writes(t, key) === value);
  const session = (a: Transaction, b: Transaction): boolean => a.process === b.process && a.call < b.call;
  const readsFrom = (a: Transaction, b: Transaction): boolean => external(b).some((o) => from(o.key, o.value) === a);
  const reach = (a: Transaction, b: Transaction, seen = new Set<Transaction>()): boolean =>
    all.some((c) => {
      if (seen.has(c) || !(session(a, c) || readsFrom(a, c))) return false;
      seen.add(c);
      return c === b || reach(c, b, seen);
    });
  const orders = (rest: readonly Transaction[], order: readonly Transaction[]): boolean => {
    if (rest.length === 0) return holds(order);
    return rest.some((t) => {
      const early = rest.some((other) => other !== t && (session(other, t) || readsFrom(other, t)));
      return (
        !early &&
        orders(
          rest.filter((other) => other !== t),
          [...order, t],
        )
      );
    });
  };
  const sees = (t2: Transaction, t3: Transaction, at: number): boolean => {
    if (level === 'causal') return reach(t2, t3);
    if (level === 'read-atomic') return session(t2, t3) || readsFrom(t2, t3);
    return external(t3)
      .slice(0, at)
      .some((o) => from(o.key, o.value) === t2);
  };
  const holds = (order: readonly Transaction[]): boolean =>
    all.every((t3) =>
      external(t3).every(({ key, value }, at) => {
        const t1 = from(key, value);
        return all.every((t2) => {
          if (t2 === t1 || t2 === t3 || writes(t2, key) === undefined || !sees(t2, t3, at)) return true;
          return t1 !== undefined && order.indexOf(t2) < order.indexOf(t1);
        });
      }),
    );
  return orders(all, []);
}

describe.each(LEVELS)('%s', (level) => {
  test('agrees with its definition on small histories', () => {
    const tally = { ok: 0, violation: 0 };
    const wrong: number[] = [];
    for (let seed = 0; seed < 2_000; seed++) {
      const given = randomTransactions(seed);
      const expected = possible(given, level) ? 'ok' : 'violation';
      tally[expected]++;
      if (weakIsolation(given, level).verdict !== expected) wrong.push(seed);
    }
    expect(wrong).toEqual([]);
    expect(Math.min(tally.ok, tally.violation)).toBeGreaterThan(100);
  });
});

describe('the examples of textbooks', () => {
  const verdicts = (given: HistoryEvent[]): string[] => LEVELS.map((level) => weakIsolation(given, level).verdict);

  test('a fractured read: half of a transaction, and then the other half missed', () => {
    expect(verdicts(history([1, ['w', 'x', 1], ['w', 'y', 1]], [2, ['r', 'x', 1], ['r', 'y', null]]))).toEqual([
      'violation',
      'violation',
      'violation',
    ]);
    expect(verdicts(history([1, ['w', 'x', 1], ['w', 'y', 1]], [2, ['r', 'y', null], ['r', 'x', 1]]))).toEqual([
      'ok',
      'violation',
      'violation',
    ]);
  });
  test('a dependency over a third one', () => {
    const missed = history(
      [1, ['w', 'x', 1]],
      [2, ['r', 'x', 1], ['w', 'y', 1]],
      [3, ['r', 'y', 1]],
      [3, ['r', 'x', null]],
    );
    expect(verdicts(missed)).toEqual(['ok', 'ok', 'violation']);
  });
  test('write skew is causal', () => {
    expect(verdicts(history([1, ['r', 'x', null], ['w', 'y', 1]], [2, ['r', 'y', null], ['w', 'x', 2]]))).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
  });
  test('reads of nobody, and of others than its own writes', () => {
    expect(verdicts(history([1, ['r', 'x', 9]]))).toEqual(['violation', 'violation', 'violation']);
    expect(verdicts(history([2, ['w', 'x', 2]], [1, ['w', 'x', 1], ['r', 'x', 2]]))).toEqual([
      'violation',
      'violation',
      'violation',
    ]);
  });
  test('the circle says why', () => {
    const two = history([1, ['w', 'x', 1]], [2, ['w', 'x', 2]], [1, ['r', 'x', 2]], [2, ['r', 'x', 1]]);
    const { anomalies } = weakIsolation(two, 'causal');
    expect(anomalies.map(({ name }) => name)).toEqual(['cyclic-commits']);
    expect(anomalies[0]?.cycle.map(({ type }) => type)).toEqual(['ww', 'ww']);
    expect(anomalies[0]?.says).toBe(
      'somebody read x = 2 of T2 who had to see T0’s 1, which therefore came before; then somebody read x = 1 of T0 who had to see T2’s 2, which therefore came before: so T0 would come before itself',
    );
  });
});

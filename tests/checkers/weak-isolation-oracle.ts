import type { HistoryEvent, Value } from '../../engine/history.js';
import { transactionsOf, type Transaction, type WeakLevel } from '../../checkers/index.js';
import { chance } from './random-history.js';

type Step = [f: string, key: string, value: Value];

function event(index: number, type: HistoryEvent['type'], process: number, value: readonly Step[]): HistoryEvent {
  return { index, time: index, type, process, f: 'txn', value };
}

/** Transactions one after the other, each process and its steps. */
export function history(...all: readonly (readonly [number, ...Step[]])[]): HistoryEvent[] {
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
export function randomTransactions(seed: number): HistoryEvent[] {
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
export function possible(given: HistoryEvent[], level: WeakLevel): boolean {
  const { kind, transactions } = transactionsOf(given, 'auto');
  if (kind === 'list-append') return possibleOfLists(transactions, level);
  const all = transactions;
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

type ListRead = { readonly at: number; readonly key: Value; readonly base: readonly Value[] };

/**
 * The same for lists, which only grow (the list in the end begins as each that was read), of transactions that all were answered: an order of commits in which each list read is what had been appended
 * up to some transaction, whole, and then the reader's own; the axioms are about that transaction.
 */
function possibleOfLists(given: readonly Transaction[], level: WeakLevel): boolean {
  const all = given.filter(({ outcome }) => outcome === 'ok');
  const appends = (t: Transaction, key: Value): Value[] =>
    t.operations.flatMap((o) => (o.f === 'append' && o.key === key ? [o.value] : []));
  const reads = new Map<Transaction, readonly ListRead[]>();
  for (const t of all) {
    const found: ListRead[] = [];
    for (const [at, o] of t.operations.entries()) {
      if (o.f !== 'r') continue;
      const before = t.operations.slice(0, at);
      const own = before.flatMap((w) => (w.f === 'append' && w.key === o.key ? [w.value] : []));
      const list = (o.value ?? []) as readonly Value[];
      const base = list.slice(0, list.length - own.length);
      if (list.length < own.length || own.some((value, i) => list[base.length + i] !== value)) return false;
      const first = found.find(({ key }) => key === o.key);
      if (level !== 'read-committed' && first !== undefined && first.base.join() !== base.join()) return false;
      found.push({ at, key: o.key, base });
    }
    reads.set(t, found);
  }
  // A list ends in the last append of whom it was read from; null: it is empty; undefined: nobody left it like this.
  const sourceOf = ({ key, base }: ListRead): Transaction | null | undefined =>
    base.length === 0 ? null : all.find((t) => appends(t, key).at(-1) === base.at(-1));
  const readsFrom = (a: Transaction, b: Transaction): boolean => reads.get(b)!.some((read) => sourceOf(read) === a);
  if (all.some((t) => reads.get(t)!.some((read) => sourceOf(read) === undefined || sourceOf(read) === t))) return false;
  const session = (a: Transaction, b: Transaction): boolean => a.process === b.process && a.call < b.call;
  const reach = (a: Transaction, b: Transaction, seen = new Set<Transaction>()): boolean =>
    all.some((c) => {
      if (seen.has(c) || !(session(a, c) || readsFrom(a, c))) return false;
      seen.add(c);
      return c === b || reach(c, b, seen);
    });
  const sees = (t2: Transaction, t3: Transaction, at: number): boolean => {
    if (level === 'causal') return reach(t2, t3);
    if (level === 'read-atomic') return session(t2, t3) || readsFrom(t2, t3);
    return reads.get(t3)!.some((read) => read.at < at && sourceOf(read) === t2);
  };
  const grows = (order: readonly Transaction[]): boolean =>
    all.every((t) =>
      t.operations.every(({ f, key, value }) => {
        const end = order.flatMap((one) => appends(one, key));
        return f !== 'r' || ((value ?? []) as readonly Value[]).every((element, i) => element === end[i]);
      }),
    );
  const holds = (order: readonly Transaction[]): boolean =>
    grows(order) &&
    all.every((t3) =>
      reads.get(t3)!.every((read) => {
        const source = sourceOf(read) as Transaction | null;
        const until = source === null ? 0 : order.indexOf(source) + 1;
        const list = order.slice(0, until).flatMap((t) => appends(t, read.key));
        if (list.join() !== read.base.join()) return false;
        return order.every(
          (t2, i) => t2 === t3 || appends(t2, read.key).length === 0 || !sees(t2, t3, read.at) || i < until,
        );
      }),
    );
  const orders = (rest: readonly Transaction[], order: readonly Transaction[]): boolean => {
    if (rest.length === 0) return holds(order);
    return rest.some((t) => {
      if (rest.some((other) => other !== t && (session(other, t) || readsFrom(other, t)))) return false;
      const others = rest.filter((other) => other !== t);
      return orders(others, [...order, t]);
    });
  };
  return orders(all, []);
}

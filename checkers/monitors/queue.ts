import type { Operation } from '../history/operation.js';
import {
  groupsOf,
  itemsOf,
  operationsOfItem,
  withPendingTakes,
  type Item,
  type Items,
  type MustGo,
  type RoleOf,
} from './items.js';
import { MAX_PLACE, sortedBy, type Monitor, type MonitorVerdict } from './monitor.js';

/**
 * A first-in-first-out queue in which every value is put once, in O(n log n). The four ways to go wrong are those of Henzinger,
 * Sezgin and Vafeiadis ("Aspect-oriented linearizability proofs", CONCUR 2013) and Bouajjani et al. (ICALP 2015): a value taken
 * that was not put, a value taken twice, one that overtakes another, and nothing found although something surely was there.
 */
export function queueMonitor(role: RoleOf): Monitor {
  return {
    name: 'queue',
    judge(_model, operations, cut) {
      const items = itemsOf(operations, role, cut);
      if (items === undefined || 'verdict' in items) return items;
      return withPendingTakes(items, mustGo, ordered);
    },
  };
}

function ordered(items: Items): MonitorVerdict {
  const cutUp = groupsOf(items);
  if ('verdict' in cutUp) return cutUp;
  const order: Operation[] = [];
  for (const [g, group] of cutUp.groups.entries()) {
    for (const operation of cutUp.foundNothing[g] ?? []) order.push(operation);
    const fault = overtaken(group) ?? orderGroup(group, order);
    if (fault !== undefined) return fault;
  }
  return { verdict: 'ok', order };
}

/** Those put surely before one that was taken, or before nothing was found. */
function mustGo({ items, foundNothing }: Items): MustGo[] {
  const certain = items.filter((item) => item.take !== undefined && item.takeTo !== Infinity);
  const later = [
    ...certain.map((item) => ({ from: item.putFrom, because: operationsOfItem(item), by: item.takeTo })),
    ...foundNothing.map((operation) => ({ from: operation.call, because: [operation], by: operation.return })),
  ];
  const byFrom = Array.from(
    sortedBy(later.length, (i) => (later[i] as { from: number }).from),
    (i) => later[i] as (typeof later)[number],
  );
  // Of what begins from each place on, the one that ends first.
  for (let i = byFrom.length - 2; i >= 0; i--) {
    const next = byFrom[i + 1] as (typeof later)[number];
    if (next.by < (byFrom[i] as typeof next).by) byFrom[i] = { ...next, from: (byFrom[i] as typeof next).from };
  }
  const left = items.filter((item) => item.take === undefined);
  const stuck: MustGo[] = [];
  let at = 0;
  for (const i of sortedBy(left.length, (k) => (left[k] as Item).putTo)) {
    const item = left[i] as Item;
    while (at < byFrom.length && (byFrom[at] as { from: number }).from < item.putTo) at++;
    const first = byFrom[at];
    if (first !== undefined) stuck.push({ item, because: first.because, by: first.by });
  }
  return stuck;
}

function conflict(...items: readonly Item[]): MonitorVerdict {
  return { verdict: 'violation', part: items.flatMap(operationsOfItem) };
}

/** One that was never taken, put surely before another that was. */
function overtaken(group: readonly Item[]): MonitorVerdict | undefined {
  const left = group.filter((item) => item.take === undefined);
  const first = left.reduce<Item | undefined>((a, b) => (a === undefined || b.putTo < a.putTo ? b : a), undefined);
  if (first === undefined) return undefined;
  const later = group.find((item) => item.take !== undefined && item.putFrom > first.putTo);
  return later === undefined ? undefined : conflict(first, later);
}

/**
 * Orders the items, one after the other: next may be any whose put and whose take no other's must precede. When there is
 * none, the item whose put returns first and the one whose take returns first stand in each other's way.
 */
function orderGroup(group: readonly Item[], order: Operation[]): MonitorVerdict | undefined {
  const taken = group.filter((item) => item.take !== undefined);
  const n = taken.length;
  const byPutFrom = sortedBy(n, (i) => (taken[i] as Item).putFrom);
  const byPutTo = sortedBy(n, (i) => (taken[i] as Item).putTo);
  const byTakeFrom = sortedBy(n, (i) => (taken[i] as Item).takeFrom);
  const byTakeTo = sortedBy(n, (i) => Math.min((taken[i] as Item).takeTo, MAX_PLACE));
  const free = new Uint8Array(n);
  const done = new Uint8Array(n);
  const sequence: Item[] = [];
  const ready: number[] = [];
  const allow = (i: number): void => {
    free[i] = (free[i] as number) + 1;
    if (free[i] === 2) ready.push(i);
  };
  let [put, take, firstPut, firstTake] = [0, 0, 0, 0];
  while (sequence.length < n) {
    while (done[byPutTo[firstPut] as number] === 1) firstPut++;
    while (done[byTakeTo[firstTake] as number] === 1) firstTake++;
    const p = taken[byPutTo[firstPut] as number] as Item;
    const t = taken[byTakeTo[firstTake] as number] as Item;
    while (put < n && (taken[byPutFrom[put] as number] as Item).putFrom < p.putTo) allow(byPutFrom[put++] as number);
    while (take < n && (taken[byTakeFrom[take] as number] as Item).takeFrom < t.takeTo)
      allow(byTakeFrom[take++] as number);
    const next = ready.pop();
    if (next === undefined) return conflict(p, t);
    done[next] = 1;
    sequence.push(taken[next] as Item);
  }
  const left = group.filter((item) => item.take === undefined);
  interleave([...sequence, ...left], sequence.length, order);
  return undefined;
}

/** Puts and takes each in the order of the items; a take as soon as it is in nobody's way. */
function interleave(sequence: readonly Item[], takes: number, order: Operation[]): void {
  // The earliest end of a put from here on.
  const putTo = new Float64Array(sequence.length + 1).fill(Infinity);
  for (let i = sequence.length - 1; i >= 0; i--)
    putTo[i] = Math.min(putTo[i + 1] as number, (sequence[i] as Item).putTo);
  let put = 0;
  let take = 0;
  while (put < sequence.length || take < takes) {
    const next = sequence[take];
    if (take < put && take < takes && (next as Item).takeFrom < (putTo[put] as number)) {
      order.push((next as Item).take as Operation);
      take++;
    } else {
      order.push((sequence[put] as Item).put);
      put++;
    }
  }
}

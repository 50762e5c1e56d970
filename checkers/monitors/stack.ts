import type { Operation } from '../history/operation.js';
import {
  coverOf,
  groupsOf,
  itemsOf,
  operationsOfItem,
  sureItems,
  withPendingTakes,
  type Item,
  type Items,
  type MustGo,
  type RoleOf,
} from './items.js';
import { MAX_PLACE, sortedBy, type Monitor, type MonitorVerdict } from './monitor.js';
import { CoverTree, MaximumTree } from './range-tree.js';

/**
 * A stack in which every value is put once, in O(n log n). By decomposition, as in Abdulla et al. (PLDI 2025, arXiv 2509.17795):
 *
 * - A value whose put and take can happen at one instant stands in nobody's way, and is left out at first.
 * - Where no other value surely is in the stack, it may be empty: what is before and what is after are judged apart.
 * - What remains is covered without a gap, so it has a bottom value: one whose put can come before all else, and its take
 *   after all else. Any such value will do, since in any order that works it can be moved to the bottom. Without it, go on.
 *   If there is none, the values that cover the time are already no history of a stack.
 */
export function stackMonitor(role: RoleOf): Monitor {
  return {
    name: 'stack',
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
    const nested = new Nesting(sureItems(group)).order();
    if (!Array.isArray(nested)) return nested as MonitorVerdict;
    withInstants(nested as Operation[], group, order);
  }
  return { verdict: 'ok', order };
}

/** Those put surely after one that was surely taken later, or surely before nothing was found. */
function mustGo({ items, foundNothing }: Items): MustGo[] {
  const nothing = foundNothing.reduce<Operation | undefined>(
    (a, b) => (a !== undefined && a.call > b.call ? a : b),
    undefined,
  );
  const below = items.filter((item) => item.take !== undefined && item.takeTo !== Infinity);
  const left = items.filter((item) => item.take === undefined);
  const byPutTo = sortedBy(below.length, (i) => (below[i] as Item).putTo);
  const stuck: MustGo[] = [];
  let latest: Item | undefined;
  let at = 0;
  for (const i of sortedBy(left.length, (k) => (left[k] as Item).putFrom)) {
    const item = left[i] as Item;
    for (; at < below.length && (below[byPutTo[at] as number] as Item).putTo < item.putFrom; at++) {
      const next = below[byPutTo[at] as number] as Item;
      if (next.takeFrom > (latest?.takeFrom ?? -1)) latest = next;
    }
    if (latest !== undefined && latest.takeFrom > item.putTo) {
      stuck.push({ item, because: operationsOfItem(latest), by: latest.takeTo });
    } else if (nothing !== undefined && nothing.call > item.putTo) {
      stuck.push({ item, because: [nothing], by: nothing.return });
    }
  }
  return stuck;
}

/** What is never taken leaves after everything else, one as well as another. */
const AT_THE_END = Number.MAX_SAFE_INTEGER;

class Nesting {
  private readonly end: readonly number[];
  /** Where each ends among the beginnings: it covers the places just before those from the next one to this. */
  private readonly lastCovered: Int32Array;
  private readonly cover: CoverTree;
  private readonly ends: MaximumTree;
  // Of those whose put can come before all else of their part: when their take returns. Of the others: minus when the put is called.
  private readonly takes: MaximumTree;
  private readonly puts: MaximumTree;

  /** @param items each surely there for a while, by when that begins. */
  constructor(private readonly items: readonly Item[]) {
    const n = items.length;
    this.end = items.map((item) => Math.min(item.takeFrom, AT_THE_END));
    this.ends = new MaximumTree(n, (i) => this.end[i] as number);
    this.puts = new MaximumTree(n, (i) => -(items[i] as Item).putFrom);
    this.takes = new MaximumTree(n, () => -Infinity);
    this.cover = new CoverTree(n);
    this.lastCovered = new Int32Array(n);
    let j = 0;
    for (const i of sortedBy(n, (k) => Math.min(this.end[k] as number, MAX_PLACE))) {
      while (j < n && (items[j] as Item).putTo < (this.end[i] as number)) j++;
      this.lastCovered[i] = j - 1;
      this.cover.cover(i + 1, j - 1, 1);
    }
  }

  order(): Operation[] | MonitorVerdict {
    const order: Operation[] = [];
    // What is still to be written, the next thing last: a take, or a part, as the numbers of its first and last place.
    const rest: (Operation | readonly [number, number])[] = [[0, this.items.length - 1]];
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      if (!isPart(next)) {
        order.push(next);
        continue;
      }
      const parts = this.partsOf(next[0], next[1]);
      if (parts.length !== 1) {
        rest.push(...parts.reverse());
        continue;
      }
      const [from, to] = parts[0] as readonly [number, number];
      const bottom = this.bottomOf(from, to);
      if (bottom === -1) return this.fault(from, to);
      const { put, take } = this.items[bottom] as Item;
      this.remove(bottom);
      order.push(put);
      if (take !== undefined) rest.push(take);
      rest.push([from, to]);
    }
    return order;
  }

  /** The parts of a range between which nothing is there. */
  private partsOf(from: number, to: number): (readonly [number, number])[] {
    const parts: (readonly [number, number])[] = [];
    for (let begin = this.cover.firstBare(from, to); begin !== -1;) {
      const next = this.cover.firstBare(begin + 1, to);
      parts.push([begin, next === -1 ? to : next - 1]);
      begin = next;
    }
    return parts;
  }

  /** An item whose put can come before all else of this part and its take after all else; -1 when there is none. */
  private bottomOf(from: number, to: number): number {
    const firstPutTo = (this.items[from] as Item).putTo;
    for (;;) {
      const i = this.puts.firstAbove(from, to, -firstPutTo);
      if (i === -1) break;
      this.puts.set(i, -Infinity);
      this.takes.set(i, (this.items[i] as Item).takeTo);
    }
    return this.takes.firstAbove(from, to, this.ends.greatest(from, to));
  }

  private remove(i: number): void {
    for (const tree of [this.puts, this.takes, this.ends]) tree.set(i, -Infinity);
    this.cover.cover(i + 1, this.lastCovered[i] as number, -1);
    // Nothing begins here any more: never bare.
    this.cover.cover(i, i, 1);
  }

  private fault(from: number, to: number): MonitorVerdict {
    const left = this.items.slice(from, to + 1).filter((_, k) => this.ends.value(from + k) !== -Infinity);
    const cover = coverOf(left, (left[0] as Item).putTo, this.ends.greatest(from, to));
    return { verdict: 'violation', part: cover.flatMap(operationsOfItem) };
  }
}

function isPart(entry: Operation | readonly [number, number]): entry is readonly [number, number] {
  return Array.isArray(entry);
}

/** Puts those that need an instant only where they can happen, among an order of the others. */
function withInstants(nested: readonly Operation[], group: readonly Item[], order: Operation[]): void {
  const instants = group.filter((item) => item.takeFrom < item.putTo);
  const byMoment = sortedBy(instants.length, (i) => (instants[i] as Item).takeFrom);
  let next = 0;
  let moment = -1;
  for (const operation of nested) {
    moment = Math.max(moment, operation.call);
    for (; next < instants.length; next++) {
      const { put, take, takeFrom } = instants[byMoment[next] as number] as Item;
      if (takeFrom > moment) break;
      order.push(put, take as Operation);
    }
    order.push(operation);
  }
  for (; next < instants.length; next++) order.push(...operationsOfItem(instants[byMoment[next] as number] as Item));
}

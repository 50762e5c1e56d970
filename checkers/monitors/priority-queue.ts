import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import {
  itemsOf,
  operationsOfItem,
  withPendingTakes,
  type Item,
  type Items,
  type MustGo,
  type RoleOf,
} from './items.js';
import { sortedBy, type Monitor, type MonitorVerdict } from './monitor.js';

/**
 * A priority queue in which every value is put once, in O(n log n) (that it can be done in this time: Lee and Mathur,
 * arXiv 2410.04581). A value is taken at a moment at which nothing better is there, and whatever is worse does not matter to
 * it. So from the best to the worst, each is put as late and taken as early as it can be: at the first moment after its take was
 * called at which none of the better ones, so placed, is there. To place these otherwise would keep them there for longer.
 * Finding nothing is like taking something worse than all.
 */
export function priorityQueueMonitor(role: RoleOf, isLess: (a: Value, b: Value) => boolean): Monitor {
  return {
    name: 'priority-queue',
    judge(_model, operations, cut) {
      const found = itemsOf(operations, role, cut);
      if (found === undefined || 'verdict' in found) return found;
      const sorted = [...found.items].sort((a, b) =>
        isLess(a.value, b.value) ? -1 : isLess(b.value, a.value) ? 1 : 0,
      );
      const isStrict = sorted.every((item, i) => i === 0 || isLess((sorted[i - 1] as Item).value, item.value));
      if (!isStrict) return undefined;
      return withPendingTakes({ ...found, items: sorted }, mustGo, (items) => new Line(items).judge());
    },
  };
}

/** Those that nobody took, and yet something worse was taken after they were there, or nothing found. */
function mustGo({ items, foundNothing }: Items): MustGo[] {
  const stuck: MustGo[] = [];
  let latest: { readonly from: number; readonly operations: readonly Operation[]; readonly by: number } | undefined;
  for (const operation of foundNothing) {
    if (operation.call > (latest?.from ?? -1))
      latest = { from: operation.call, operations: [operation], by: operation.return };
  }
  for (const item of items.toReversed()) {
    if (item.take !== undefined && item.takeTo !== Infinity && item.takeFrom > (latest?.from ?? -1)) {
      latest = { from: item.takeFrom, operations: operationsOfItem(item), by: item.takeTo };
    }
    if (item.take === undefined && latest !== undefined && latest.from > item.putTo) {
      stuck.push({ item, because: latest.operations, by: latest.by });
    }
  }
  return stuck;
}

/** The moments at which something may be taken, and who is in the way at each. */
class Line {
  private readonly moments: Float64Array;
  /** From each moment, the next at which nobody is in the way. */
  private readonly next: Int32Array;
  private readonly owner: (Item | undefined)[] = [];
  /** At which moment each was taken; the number of moments: never. */
  private readonly takenAt = new Map<Item, number>();

  /** @param found items from the best to the worst. */
  constructor(private readonly found: Items) {
    const { items, foundNothing } = found;
    const places = [
      ...items.filter((item) => item.take !== undefined).map((item) => item.takeFrom),
      ...foundNothing.map(({ call }) => call),
    ];
    this.moments = Float64Array.from(
      sortedBy(places.length, (i) => places[i] as number),
      (i) => places[i] as number,
    );
    this.next = Int32Array.from({ length: places.length + 1 }, (_, i) => i);
  }

  judge(): MonitorVerdict {
    const { items, foundNothing } = this.found;
    for (const item of items) {
      const at = item.take === undefined ? this.moments.length : this.free(this.place(item.takeFrom));
      if (item.take !== undefined && this.moment(at) > item.takeTo)
        return this.fault(item.takeFrom, operationsOfItem(item), item.takeTo);
      this.takenAt.set(item, at);
      for (let i = this.free(this.place(item.putTo)); i < at; i = this.free(i)) {
        this.next[i] = i + 1;
        this.owner[i] = item;
      }
    }
    const moments = foundNothing.map((operation) => this.moment(this.free(this.place(operation.call))));
    const late = foundNothing.findIndex((operation, i) => (moments[i] as number) > operation.return);
    if (late === -1) return { verdict: 'ok', order: this.order(moments) };
    const lost = foundNothing[late] as Operation;
    return this.fault(lost.call, [lost], lost.return);
  }

  /** The number of the first moment at or after this place. */
  private place(at: number): number {
    let low = 0;
    let high = this.moments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.moments[middle] as number) >= at) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private moment(i: number): number {
    return this.moments[i] ?? Infinity;
  }

  /** The first moment from this one on at which nobody is in the way. */
  private free(from: number): number {
    let end = from;
    while (this.next[end] !== end) end = this.next[end] as number;
    for (let i = from; i !== end;) {
      const after = this.next[i] as number;
      this.next[i] = end;
      i = after;
    }
    return end;
  }

  /** Who stood in the way from one place to another, and in the way of these before. */
  private fault(from: number, late: readonly Operation[], to: number): MonitorVerdict {
    const inTheWay = new Set<Item>();
    const ranges: [number, number][] = [[this.place(from), this.place(to)]];
    for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
      for (let i = range[0]; i < range[1];) {
        const item = this.owner[i];
        if (item === undefined) break;
        i = this.takenAt.get(item) as number;
        if (inTheWay.has(item)) continue;
        inTheWay.add(item);
        if (item.take !== undefined) ranges.push([this.place(item.takeFrom), i]);
      }
    }
    return { verdict: 'violation', part: [...late, ...[...inTheWay].flatMap(operationsOfItem)] };
  }

  /** What was taken at one moment by how good it is; what is only put there comes after it. */
  private order(nothing: readonly number[]): Operation[] {
    const { items, foundNothing } = this.found;
    const steps: { readonly operations: readonly Operation[]; readonly at: number }[] = [];
    for (const item of items) {
      const { put, take, putTo } = item;
      const at = this.moment(this.takenAt.get(item) as number);
      if (take !== undefined && at !== Infinity)
        steps.push({ operations: putTo > at ? [put, take] : [take], at: 2 * at });
      if (putTo <= at) steps.push({ operations: [put], at: 2 * (putTo - 1) + 1 });
    }
    for (const [i, operation] of foundNothing.entries())
      steps.push({ operations: [operation], at: 2 * (nothing[i] as number) });
    return Array.from(
      sortedBy(steps.length, (i) => (steps[i] as { at: number }).at),
      (i) => (steps[i] as { operations: readonly Operation[] }).operations,
    ).flat();
  }
}

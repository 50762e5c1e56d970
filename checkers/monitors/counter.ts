import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { MAX_PLACE, sortedBy, type Monitor, type MonitorVerdict } from './monitor.js';
import { MaximumTree } from './range-tree.js';

/** What an operation of a counter did. A read that was never answered read nothing. */
export type CounterRole = { readonly add: number } | { readonly read: Value | undefined };

interface Read {
  readonly operation: Operation;
  /** How many additions it saw. */
  readonly seen: number;
}

/**
 * A counter, 0 at first, to which one amount is added again and again, in O(n log n): additions are then alike, and only their
 * number counts. It is kept as low as it can be: an addition happens when it returns, or when a read returns that must have
 * seen more, and then that one of the open ones which returns first. So a read fits when the number was not above what it saw
 * when it was called, as the number rises by one at a time. An addition that was never answered is one that returns last.
 *
 * Where different amounts are added, or some are taken off, the search must judge: which of them a read saw is the problem
 * of the subset sum.
 */
export function counterMonitor(role: (operation: Operation) => CounterRole): Monitor {
  return {
    name: 'counter',
    judge(_model, operations, cut) {
      const adds: Operation[] = [];
      const reads: Operation[] = [];
      let unit = 0;
      for (const operation of operations) {
        const what = role(operation);
        if ('add' in what) {
          if (what.add === 0 || (unit !== 0 && what.add !== unit)) return undefined;
          unit = what.add;
          adds.push(operation);
        } else if (operation.return <= cut && operation.return !== Infinity) reads.push(operation);
      }
      const counted: Read[] = [];
      for (const operation of reads) {
        const seen = Number((role(operation) as { readonly read: unknown }).read) / (unit === 0 ? 1 : unit);
        const isCount = typeof operation.output === 'number' && Number.isInteger(seen) && seen >= 0;
        if (!isCount) return { verdict: 'violation', part: [operation] };
        counted.push({ operation, seen });
      }
      return new Count(adds, counted, cut).judge();
    },
  };
}

class Count {
  private readonly order: Operation[] = [];
  private count = 0;
  private readonly waiting = new Map<number, Operation[]>();
  /** Additions by their returns: 1 for those that are open and did not happen yet. */
  private readonly open: MaximumTree;
  private readonly place: Int32Array;
  private readonly byReturn: Float64Array;

  constructor(
    private readonly adds: readonly Operation[],
    private readonly reads: readonly Read[],
    private readonly cut: number,
  ) {
    this.byReturn = sortedBy(adds.length, (i) => Math.min(this.returned(adds[i] as Operation), MAX_PLACE));
    this.place = new Int32Array(adds.length);
    this.byReturn.forEach((add, place) => (this.place[add] = place));
    this.open = new MaximumTree(adds.length, () => -Infinity);
  }

  judge(): MonitorVerdict {
    const { adds, reads } = this;
    // By places of the history: additions, then reads, each called and returned.
    const calls = [...adds.map((add) => add.call), ...reads.map((read) => read.operation.call)];
    const returns = [...adds.map((add) => this.returned(add)), ...reads.map((read) => read.operation.return)];
    const called = sortedBy(calls.length, (i) => calls[i] as number);
    const returned = sortedBy(returns.length, (i) => Math.min(returns[i] as number, MAX_PLACE));
    for (let c = 0, r = 0; r < returned.length;) {
      const next = called[c];
      const end = returned[r] as number;
      if (next !== undefined && (calls[next] as number) < (returns[end] as number)) {
        const fault = this.call(next);
        if (fault !== undefined) return fault;
        c++;
      } else if (returns[end] === Infinity) break;
      else {
        const fault = this.end(end);
        if (fault !== undefined) return fault;
        r++;
      }
    }
    return { verdict: 'ok', order: this.order };
  }

  private returned(operation: Operation): number {
    return operation.return <= this.cut ? operation.return : Infinity;
  }

  private call(i: number): MonitorVerdict | undefined {
    if (i < this.adds.length) {
      this.open.set(this.place[i] as number, 1);
      return undefined;
    }
    const { operation, seen } = this.reads[i - this.adds.length] as Read;
    if (this.count > seen) return { verdict: 'violation', part: [...this.tooMany(seen, operation.call), operation] };
    if (this.count === seen) this.order.push(operation);
    else {
      const others = this.waiting.get(seen);
      if (others === undefined) this.waiting.set(seen, [operation]);
      else others.push(operation);
    }
    return undefined;
  }

  private end(i: number): MonitorVerdict | undefined {
    if (i < this.adds.length) {
      const place = this.place[i] as number;
      if (this.open.value(place) === 1) this.happen(place);
      return undefined;
    }
    const { operation, seen } = this.reads[i - this.adds.length] as Read;
    while (this.count < seen) {
      const first = this.open.firstAbove(0, this.adds.length - 1, 0);
      // Not so many had been called.
      if (first === -1) return { verdict: 'violation', part: [operation] };
      this.happen(first);
    }
    return undefined;
  }

  private happen(place: number): void {
    this.open.set(place, -Infinity);
    this.order.push(this.adds[this.byReturn[place] as number] as Operation);
    this.count++;
    for (const read of this.waiting.get(this.count) ?? []) this.order.push(read);
    this.waiting.delete(this.count);
  }

  /** Why more than so many had surely happened by then: these returned, after a read that saw the first of them. */
  private tooMany(seen: number, by: number): Operation[] {
    const returned = this.adds.filter((add) => this.returned(add) < by);
    const before = this.reads.filter(({ operation }) => operation.return < by);
    const byCall = sortedBy(returned.length, (i) => (returned[i] as Operation).call);
    const byReturn = sortedBy(before.length, (i) => (before[i] as Read).operation.return);
    let later = returned.length;
    for (let r = before.length - 1; r >= 0; r--) {
      const read = before[byReturn[r] as number] as Read;
      while (later > 0 && (returned[byCall[later - 1] as number] as Operation).call > read.operation.return) later--;
      const after = returned.length - later;
      if (read.seen + after <= seen) continue;
      const needed = Math.max(0, seen + 1 - read.seen);
      const some = Array.from(byCall.subarray(later, later + needed), (i) => returned[i] as Operation);
      return [read.operation, ...some];
    }
    return returned.slice(0, seen + 1);
  }
}

import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { isPure } from '../models/model.js';
import { ValueMap } from '../value-map.js';
import type { Monitor, MonitorVerdict } from './monitor.js';
import { inOrderOfRanks } from './ranks.js';

/** What an operation did: put a value in, or read all that were there. */
export type SetRole = { readonly add: Value } | { readonly read: readonly Value[] };

interface Read {
  readonly values: readonly Value[];
  readonly operation: Operation;
}

/**
 * A set that only grows, and every value is added once. Each read holds all that smaller ones hold, so the reads have an
 * order by size, and every value a place in it: after the last read without it, before the first with it. O(n log n), and
 * the size of all that was read.
 */
export function growOnlySetMonitor(role: (operation: Operation) => SetRole | undefined): Monitor {
  return {
    name: 'grow-only-set',
    judge(model, operations, cut) {
      const adds = new ValueMap<Operation>();
      const reads: Read[] = [];
      for (const operation of operations) {
        const what = role(operation);
        if (what === undefined || 'read' in what) {
          if (isPure(model, operation) && (operation.outcome === 'unknown' || operation.return > cut)) continue;
          if (what === undefined) return undefined;
          reads.push({ values: what.read, operation });
        } else {
          if (adds.get(what.add) !== undefined) return undefined;
          adds.set(what.add, operation);
        }
      }
      reads.sort((a, b) => a.values.length - b.values.length);
      return new Chain(adds, reads).judge(operations, cut);
    },
  };
}

/** The reads by size, and which values each was the first to see. */
class Chain {
  private readonly found: Operation[] = [];
  private readonly ranks: number[] = [];
  private readonly seen = new ValueMap<true>();
  private rank = 0;

  constructor(
    private readonly adds: ValueMap<Operation>,
    private readonly reads: readonly Read[],
  ) {}

  judge(operations: readonly Operation[], cut: number): MonitorVerdict {
    const isSeen = new Set<Operation>();
    let before: Read | undefined;
    for (const read of this.reads) {
      if (read.values.length > (before?.values.length ?? 0)) this.rank += 2;
      const fault = this.add(read, before, isSeen);
      if (fault !== undefined) return fault;
      before = read;
    }
    const returned = ({ return: at }: Operation): number => (at <= cut ? at : Infinity);
    const isRead = new Set(this.reads.map(({ operation }) => operation));
    for (const operation of operations) {
      // Reads have their ranks; what nobody saw and never returned may as well never have happened.
      if (isRead.has(operation) || isSeen.has(operation) || returned(operation) === Infinity) continue;
      this.found.push(operation);
      this.ranks.push(this.rank + 1);
    }
    return inOrderOfRanks(this.found, this.ranks, returned, []);
  }

  /** Takes a read into the chain, with the values that it is the first to see. */
  private add(
    { values, operation }: Read,
    before: Read | undefined,
    isSeen: Set<Operation>,
  ): MonitorVerdict | undefined {
    let old = 0;
    const own = new ValueMap<true>();
    for (const value of values) {
      const add = this.adds.get(value);
      if (add === undefined || own.get(value) === true) return { verdict: 'violation', part: [operation] };
      own.set(value, true);
      if (this.seen.get(value) === true) {
        old++;
        continue;
      }
      this.seen.set(value, true);
      isSeen.add(add);
      this.found.push(add);
      this.ranks.push(this.rank - 1);
    }
    if (before !== undefined && old < before.values.length) {
      return { verdict: 'violation', part: [before.operation, operation] };
    }
    this.found.push(operation);
    this.ranks.push(this.rank);
    return undefined;
  }
}

import type { Operation } from '../history/operation.js';
import type { AnyModel, OperationRule } from '../models/model.js';
import { ValueMap } from '../value-map.js';
import { sortedBy, type Monitor, type MonitorVerdict } from './monitor.js';

/** The write of a value and all reads of it. */
export interface Cluster {
  /** Undefined for the first value, and for one that nobody wrote. */
  write: Operation | undefined;
  readonly reads: Operation[];
  /** Of all of them, the one that returned first and the one that was called last. */
  first: Operation | undefined;
  last: Operation | undefined;
  firstReturn: number;
  lastCall: number;
}

/**
 * A register in which every value is written at most once (Gibbons and Korach, "Testing shared memories", 1997), O(n log n).
 * A value whose first return is before its last call was surely there between the two: its *forward zone*. No two of these
 * may overlap. Any other value needs one instant only, anywhere from its last call to its first return, its *backward
 * zone*, and that may not lie wholly inside a forward zone. The first value is as if written before everything.
 *
 * Fits every model whose operations say what they read or write. A write that never returned is as good as one that
 * returns last when somebody read its value, and as good as none when nobody did.
 */
export const registerMonitor: Monitor = {
  name: 'register',
  judge(model, operations, cut) {
    const clusters = clustersOf(model, operations, cut);
    if (clusters === undefined) return undefined;
    const kept = clusters.filter((cluster) => cluster.first !== undefined);
    return unfounded(clusters[0] as Cluster, kept) ?? inOrderOfZones(kept);
  },
};

function clustersOf(model: AnyModel, operations: readonly Operation[], cut: number): Cluster[] | undefined {
  // The first value stands before everything: it needs no write.
  const clusters = [newCluster()];
  const ofValue = new ValueMap<Cluster>();
  ofValue.set(model.init(), clusters[0] as Cluster);
  let f: string | undefined;
  let rule: OperationRule<unknown> | undefined;
  for (const operation of operations) {
    if (operation.f !== f) rule = model.rule((f = operation.f));
    if (rule === undefined) return undefined;
    const returned = operation.return <= cut ? operation.return : Infinity;
    const pure = typeof rule.pure === 'function' ? rule.pure(operation) : rule.pure === true;
    if (pure && returned === Infinity) continue;
    const reads = rule.reads?.(operation);
    const value = pure ? reads : rule.writes?.(operation);
    if (value === undefined || (!pure && reads !== undefined)) return undefined;
    let cluster = ofValue.get(value);
    if (cluster === undefined) {
      cluster = newCluster();
      clusters.push(cluster);
      ofValue.set(value, cluster);
    }
    if (pure) cluster.reads.push(operation);
    else if (cluster.write !== undefined || cluster === clusters[0]) return undefined;
    else cluster.write = operation;
    widen(cluster, operation, returned);
  }
  const initial = clusters[0] as Cluster;
  initial.firstReturn = -1;
  // Nobody saw these; so they may as well never have happened.
  return clusters.filter((cluster) => cluster === initial || cluster.firstReturn !== Infinity);
}

export function newCluster(): Cluster {
  return { write: undefined, reads: [], first: undefined, last: undefined, firstReturn: Infinity, lastCall: -1 };
}

/** Takes an operation into account: the write of the value, or a read of it. */
export function widen(cluster: Cluster, operation: Operation, returned: number): void {
  if (cluster.first === undefined || returned < cluster.firstReturn) cluster.first = operation;
  if (cluster.last === undefined || operation.call > cluster.lastCall) cluster.last = operation;
  cluster.firstReturn = Math.min(cluster.firstReturn, returned);
  cluster.lastCall = Math.max(cluster.lastCall, operation.call);
}

/** A value that was read and never written, or read before its write was called. */
function unfounded(initial: Cluster, clusters: readonly Cluster[]): MonitorVerdict | undefined {
  for (const cluster of clusters) {
    if (cluster === initial) continue;
    if (cluster.write === undefined) return { verdict: 'violation', part: [cluster.reads[0] as Operation] };
    if (cluster.firstReturn < cluster.write.call) {
      return { verdict: 'violation', part: [cluster.first as Operation, cluster.write] };
    }
  }
  return undefined;
}

/** Orders clusters by their zones, each without a gap. */
export function inOrderOfZones(clusters: readonly Cluster[]): MonitorVerdict {
  const begin = ({ firstReturn, lastCall }: Cluster): number => Math.min(firstReturn, lastCall) + 1;
  const end = ({ firstReturn, lastCall }: Cluster): number => Math.max(firstReturn, lastCall);
  const isForward = ({ firstReturn, lastCall }: Cluster): boolean => firstReturn < lastCall;
  const order: Operation[] = [];
  let forward: Cluster | undefined;
  // In the order of their beginnings: a backward zone that begins inside a forward one and ends behind it comes right after it.
  for (const i of sortedBy(clusters.length, (c) => begin(clusters[c] as Cluster))) {
    const cluster = clusters[i] as Cluster;
    const inside = forward !== undefined && begin(cluster) < end(forward) + 1;
    if (inside && (isForward(cluster) || end(cluster) < end(forward as Cluster))) {
      return { verdict: 'violation', part: [...witnesses(forward as Cluster), ...witnesses(cluster)] };
    }
    if (isForward(cluster)) forward = cluster;
    if (cluster.write !== undefined) order.push(cluster.write);
    for (const read of cluster.reads) order.push(read);
  }
  return { verdict: 'ok', order };
}

/** What makes a value's zone what it is. */
function witnesses({ write, first, last }: Cluster): Operation[] {
  return [...new Set([write, first, last])].filter((operation) => operation !== undefined);
}

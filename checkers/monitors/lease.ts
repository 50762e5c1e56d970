import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { isPure } from '../models/model.js';
import { merged } from '../history/merged.js';
import { ValueMap } from '../value-map.js';
import type { Monitor, MonitorVerdict } from './monitor.js';
import { inOrderOfRanks } from './ranks.js';
import { inOrderOfZones, newCluster, widen, type Cluster } from './register.js';

/** What an operation of a lease did, or of the store that it guards; a token is undefined where it was never told. */
export type LeaseRole =
  | { readonly acquired: Value | undefined }
  | { readonly written: Value; readonly token: number }
  | { readonly stale: number }
  | { readonly read: Value }
  | 'nothing';

/** A write that was taken, with the reads of its value. */
interface Taken extends Cluster {
  readonly write: Operation;
  readonly token: number;
}

/**
 * A lease with fencing tokens and the store that it guards, every value that was read written once, in O(n log n). The two have
 * nothing to do with one another. Tokens were given in their order, none twice. The store takes writes in the order of their
 * tokens; those of one token are ordered as a register's are (Gibbons and Korach 1997, zones). A write that was refused comes
 * after the first one with a higher token, which therefore comes as early as it can.
 */
export function leaseMonitor(role: (operation: Operation) => LeaseRole): Monitor {
  return {
    name: 'lease',
    judge(model, operations, cut) {
      const returned = ({ return: at }: Operation): number => (at <= cut ? at : Infinity);
      const given: Operation[] = [];
      const idle: Operation[] = [];
      const store = new Store(returned);
      for (const operation of operations) {
        const what = role(operation);
        if (isPure(model, operation) && returned(operation) === Infinity) continue;
        if (what === 'nothing') idle.push(operation);
        else if (!('acquired' in what)) store.add(what, operation);
        else if (returned(operation) !== Infinity) given.push(operation);
      }
      const tokens = inOrderOfTokens(given);
      const found = tokens.verdict === 'ok' ? store.judge() : tokens;
      if (tokens.verdict === 'violation' || found?.verdict !== 'ok') return found;
      return { verdict: 'ok', order: merged([tokens.order, found.order, idle]) };
    },
  };
}

function violation(...part: readonly Operation[]): MonitorVerdict {
  return { verdict: 'violation', part: [...new Set(part)] };
}

/** Tokens above 0, each given once, in their order. */
function inOrderOfTokens(given: readonly Operation[]): MonitorVerdict {
  const wrong = given.find(({ output }) => !(typeof output === 'number' && output > 0));
  if (wrong !== undefined) return violation(wrong);
  const token = ({ output }: Operation): number => output as number;
  const sorted = [...given].sort((a, b) => token(a) - token(b));
  const twice = sorted.findIndex((operation, i) => i > 0 && token(operation) === token(sorted[i - 1] as Operation));
  if (twice !== -1) return violation(sorted[twice - 1] as Operation, sorted[twice] as Operation);
  return inOrderOfRanks(sorted, [...sorted.keys()], (operation) => operation.return, []);
}

/** The store: in the order of their tokens, what was written, and read. */
class Store {
  private readonly written: Taken[] = [];
  private readonly ofValue = new ValueMap<Taken | typeof TWICE>();
  private readonly reads: { readonly value: Value; readonly operation: Operation }[] = [];
  private readonly stale: { readonly token: number; readonly operation: Operation }[] = [];
  private readonly clusterOf = new Map<Operation, Taken>();

  constructor(private readonly returned: (operation: Operation) => number) {}

  add(
    what: { readonly written: Value; readonly token: number } | { readonly stale: number } | { readonly read: Value },
    operation: Operation,
  ): void {
    if ('read' in what) this.reads.push({ value: what.read, operation });
    else if ('stale' in what) this.stale.push({ token: what.stale, operation });
    else {
      const cluster: Taken = { ...newCluster(), write: operation, token: what.token };
      widen(cluster, operation, this.returned(operation));
      this.written.push(cluster);
      this.ofValue.set(what.written, this.ofValue.get(what.written) === undefined ? cluster : TWICE);
      this.clusterOf.set(operation, cluster);
    }
  }

  judge(): MonitorVerdict | undefined {
    const first: Operation[] = [];
    for (const { value, operation } of this.reads) {
      const cluster = this.ofValue.get(value);
      if (cluster === TWICE || (cluster !== undefined && value === null)) return undefined;
      if (value === null) first.push(operation);
      else if (cluster === undefined) return violation(operation);
      else {
        if (operation.return < cluster.write.call) return violation(cluster.write, operation);
        cluster.reads.push(operation);
        widen(cluster, operation, operation.return);
        this.clusterOf.set(operation, cluster);
      }
    }
    // What never returned and nobody saw may as well never have happened.
    const kept = this.written.filter(({ firstReturn }) => firstReturn !== Infinity);
    if (kept.some(({ token }) => Number.isNaN(token))) return undefined;
    const below = kept.find(({ token }) => token < 0);
    if (below !== undefined) return violation(below.write, below.reads[0] ?? below.write);
    const groups = groupsOf(kept);
    return this.outOfOrder(first, groups) ?? this.ordered(first, groups, kept.length < this.written.length);
  }

  /** Something of a lower token after something of a higher one. */
  private outOfOrder(first: readonly Operation[], groups: readonly Group[]): MonitorVerdict | undefined {
    const operations = [...first];
    const ranks = first.map(() => 0);
    for (const [g, { clusters }] of groups.entries()) {
      for (const operation of clusters.flatMap(operationsOf)) {
        operations.push(operation);
        ranks.push(g + 1);
      }
    }
    const found = inOrderOfRanks(operations, ranks, this.returned, []);
    if (found.verdict === 'ok') return undefined;
    return violation(...found.part.flatMap((one) => [this.clusterOf.get(one)?.write ?? one, one]));
  }

  private ordered(
    first: readonly Operation[],
    groups: readonly Group[],
    mayExplainMore: boolean,
  ): MonitorVerdict | undefined {
    const order = [...first];
    // Of each group, behind how many of the order the store has seen its token.
    const seenAfter: number[] = [];
    for (const { clusters } of groups) {
      const found = inOrderOfZones(clusters);
      if (found.verdict === 'violation') return found;
      const early = earliest(clusters);
      seenAfter.push(order.length + 1);
      order.push(...operationsOf(early), ...found.order.filter((one) => this.clusterOf.get(one) !== early));
    }
    let moment = -1;
    const placed = order.map((operation) => ({ operation, moment: (moment = Math.max(moment, operation.call)) }));
    for (const { token, operation } of this.stale) {
      const group = firstAbove(groups, token);
      const seen = token < 0 ? -1 : (placed[(seenAfter[group] ?? 0) - 1]?.moment ?? Infinity);
      if (seen > operation.return) {
        if (mayExplainMore) return undefined;
        const before = order.slice(0, (seenAfter[group] ?? 0) - 1).find((one) => one.call > operation.return);
        const why = before === undefined ? (groups[group]?.clusters ?? []).flatMap(operationsOf) : [before];
        return violation(operation, ...why.flatMap((one) => [this.clusterOf.get(one)?.write ?? one, one]));
      }
      placed.push({ operation, moment: Math.max(operation.call, seen) });
    }
    return { verdict: 'ok', order: placed.sort((a, b) => a.moment - b.moment).map(({ operation }) => operation) };
  }
}

const TWICE = Symbol('twice');

/** What was written with one token. */
interface Group {
  readonly token: number;
  readonly clusters: Taken[];
}

function groupsOf(clusters: readonly Taken[]): Group[] {
  const groups: Group[] = [];
  for (const cluster of [...clusters].sort((a, b) => a.token - b.token)) {
    const last = groups.at(-1);
    if (last?.token === cluster.token) last.clusters.push(cluster);
    else groups.push({ token: cluster.token, clusters: [cluster] });
  }
  return groups;
}

/** The first group with a token above this one; as many as there are when there is none. */
function firstAbove(groups: readonly Group[], token: number): number {
  let low = 0;
  let high = groups.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((groups[middle] as Group).token > token) high = middle;
    else low = middle + 1;
  }
  return low;
}

function operationsOf({ write, reads }: Taken): Operation[] {
  return [write, ...reads];
}

/** Of those that can come before all others, the one whose write was called first. */
function earliest(clusters: readonly Taken[]): Taken {
  const [first, second] = [...clusters].sort((a, b) => a.firstReturn - b.firstReturn) as [Taken, Taken | undefined];
  const can = clusters.filter(
    (one) => one.lastCall <= (one === first ? (second?.firstReturn ?? Infinity) : first.firstReturn),
  );
  return can.reduce((a, b) => (b.write.call < a.write.call ? b : a));
}

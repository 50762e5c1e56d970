import type { Micros } from '../../engine/time.js';
import type { Finding, Search } from './finding.js';
import { INITIAL, type RegisterHistory } from './register-history.js';

/** How far behind reads were: each figure is a lower bound, from what surely came one after the other in real time. */
export interface Staleness {
  /** The most writes that surely came after the write that a read returned and before the read. */
  readonly versions: number;
  /** The longest time from the end of the first such write to the call of the read, µs. */
  readonly us: Micros;
  /** Reads that were behind at all, and all. */
  readonly staleReads: number;
  readonly reads: number;
}

/** What bounded staleness allows; what is left out is not bounded. */
export interface StalenessBound {
  readonly versions?: number;
  readonly us?: Micros;
}

interface Behind {
  readonly read: number;
  readonly versions: number;
  readonly us: Micros;
  /** The write that was missed: of those, the one that ended first. */
  readonly missed: number;
}

/** Every read that is surely behind. O(n log n). */
export function staleReads(history: RegisterHistory): Behind[] {
  const stale: Behind[] = [];
  const reads: number[][] = history.keys.map(() => []);
  for (let i = 0; i < history.size; i++)
    if (history.writes[i] === 0) (reads[history.key[i] as number] as number[]).push(i);
  const place = new Int32Array(history.size);
  for (const key of history.keys.keys()) {
    const writes = history.writersOf(key).flat();
    for (const one of behindOf(history, writes, reads[key] as number[], place)) stale.push(one);
  }
  return stale.sort((a, b) => a.read - b.read);
}

/**
 * A write w' is after the source w of read r when w ended before w' was called, and before r when w' ended before r was called. So
 * of writes in the order of their calls, those behind the end of w are in question, and of these the ones that ended before r's call.
 */
function behindOf(
  history: RegisterHistory,
  writes: readonly number[],
  reads: readonly number[],
  /** Room for the place of each write among them. */
  place: Int32Array,
): Behind[] {
  const operation = (i: number): RegisterHistory['operations'][number] => history.operations[i]!;
  // They are numbered in the order of their calls.
  const byCall = [...writes].sort((a, b) => a - b);
  const calls = byCall.map((i) => operation(i).call);
  // From each place on, the write that ended first.
  const firstToEnd: number[] = [];
  for (let n = byCall.length - 1; n >= 0; n--) {
    const later = firstToEnd[n + 1];
    const here = byCall[n] as number;
    firstToEnd[n] = later === undefined || operation(here).return <= operation(later).return ? here : later;
  }
  for (const [n, i] of byCall.entries()) place[i] = n;
  const ended = new Fenwick(byCall.length);
  const byReturn = [...writes].sort((a, b) => operation(a).return - operation(b).return);
  let next = 0;
  const found: Behind[] = [];
  for (const read of reads) {
    const { call, invokedAt } = operation(read);
    for (; next < byReturn.length && operation(byReturn[next] as number).return < call; next++) {
      ended.add(place[byReturn[next] as number] as number);
    }
    const source = history.from[read] as number;
    if (source < INITIAL) continue;
    const after = source === INITIAL ? 0 : firstAbove(calls, operation(source).return);
    const missed = firstToEnd[after];
    if (missed === undefined || operation(missed).return >= call) continue;
    const versions = ended.total - ended.below(after);
    found.push({ read, versions, us: invokedAt - (operation(missed).returnedAt ?? invokedAt), missed });
  }
  return found;
}

function firstAbove(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Counts of places, and their sums up to a place (Fenwick, 1994). */
class Fenwick {
  total = 0;
  private readonly sums: Int32Array;

  constructor(size: number) {
    this.sums = new Int32Array(size + 1);
  }

  add(at: number): void {
    this.total++;
    for (let i = at + 1; i < this.sums.length; i += i & -i) this.sums[i]!++;
  }

  below(at: number): number {
    let sum = 0;
    for (let i = at; i > 0; i -= i & -i) sum += this.sums[i] as number;
    return sum;
  }
}

export function measureStaleness(history: RegisterHistory): Staleness {
  const stale = staleReads(history);
  return {
    versions: stale.reduce((most, { versions }) => Math.max(most, versions), 0),
    us: stale.reduce((most, { us }) => Math.max(most, us), 0),
    staleReads: stale.length,
    reads: history.size - history.writes.reduce((sum, one) => sum + one, 0),
  };
}

function staleFinding(history: RegisterHistory, { read, versions, us, missed }: Behind): Finding {
  const source = history.from[read] as number;
  const since = us === 0 ? '' : `, ${(us / 1000).toFixed(3)} ms before`;
  const by = `${versions} write${versions === 1 ? '' : 's'}`;
  const says = `${history.client(read)} got ${history.text(read)}, though ${history.text(missed)} had been acknowledged${since}: at least ${by} behind`;
  return { pattern: 'StaleRead', says, involved: [...(source >= 0 ? [source] : []), missed, read], steps: [] };
}

function futureRead(history: RegisterHistory, read: number): Finding | undefined {
  const source = history.from[read] as number;
  if (source < 0 || history.operations[source]!.call < history.operations[read]!.return) return undefined;
  const says = `${history.client(read)} got ${history.text(read)} before ${history.text(source)} was called`;
  return { pattern: 'FutureRead', says, involved: [source, read], steps: [] };
}

/** No read is further behind than this. */
export function boundedStaleness(history: RegisterHistory, bound: StalenessBound): Search {
  const { versions = Infinity, us = Infinity } = bound;
  const worst = staleReads(history).filter((one) => one.versions > versions || one.us > us);
  const first = worst[0];
  return first === undefined ? undefined : staleFinding(history, first);
}

/** Regular: no read is behind at all, or returns what is written only after it. */
export function regular(history: RegisterHistory): Search {
  for (let i = 0; i < history.size; i++) {
    const future = history.writes[i] === 0 ? futureRead(history, i) : undefined;
    if (future !== undefined) return future;
  }
  const first = staleReads(history)[0];
  return first === undefined ? undefined : staleFinding(history, first);
}

/** Safe: as regular, of the reads of a key during which nobody was writing it; others may return anything. */
export function safe(history: RegisterHistory): Search {
  const disturbed = disturbedReads(history);
  for (let i = 0; i < history.size; i++) {
    if (history.writes[i] === 1 || disturbed.has(i)) continue;
    const future = futureRead(history, i);
    if (future !== undefined) return future;
    if ((history.from[i] as number) < INITIAL) {
      const says = `${history.client(i)} got ${history.text(i)} while nobody was writing, which nobody wrote`;
      return { pattern: 'ThinAirRead', says, involved: [i], steps: [] };
    }
  }
  const first = staleReads(history).find(({ read }) => !disturbed.has(read));
  return first === undefined ? undefined : staleFinding(history, first);
}

/** Reads that overlap with a write of their key, also with one that was never answered. */
function disturbedReads(history: RegisterHistory): Set<number> {
  const spans = new Map<string, { call: number; return: number }[]>();
  const keyOf = (i: number): string => history.keys[history.key[i] as number] as string;
  const add = (key: string, span: { call: number; return: number }): void => {
    const list = spans.get(key);
    if (list === undefined) spans.set(key, [span]);
    else list.push(span);
  };
  for (let i = 0; i < history.size; i++) if (history.writes[i] === 1) add(keyOf(i), history.operations[i]!);
  for (const operation of history.leftOut)
    if (operation.outcome === 'unknown') add(history.keyNameOf(operation), operation);
  const latest = new Map<string, { calls: number[]; ends: number[] }>();
  for (const [key, list] of spans) {
    list.sort((a, b) => a.call - b.call);
    const ends: number[] = [];
    for (const span of list) ends.push(Math.max(ends.at(-1) ?? -1, span.return));
    latest.set(key, { calls: list.map(({ call }) => call), ends });
  }
  const disturbed = new Set<number>();
  for (let i = 0; i < history.size; i++) {
    const found = history.writes[i] === 0 ? latest.get(keyOf(i)) : undefined;
    if (found === undefined) continue;
    const before = firstAbove(found.calls, history.operations[i]!.return);
    if ((found.ends[before - 1] ?? -1) > history.operations[i]!.call) disturbed.add(i);
  }
  return disturbed;
}

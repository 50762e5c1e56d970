import type { Allowance, Exhausted } from '../budget.js';
import { EdgeList, PROCESS, RW, WR, WW } from '../graph/edges.js';
import { CLOCKS_A_STEP, type CausalOrder } from './causal-order.js';
import { circle, type Finding, type Search } from './finding.js';
import { INITIAL, lastBelow, type RegisterHistory } from './register-history.js';

/** The guarantees of a session (Terry et al., 1994) that can be asked for, alone or together. */
export type Guarantees =
  'monotonic-reads' | 'read-your-writes' | 'monotonic-writes' | 'writes-follow-reads' | 'session';

/**
 * Is there, for each client p, an order of all writes, and for each of its reads a set of writes that it sees, such that
 *
 * - the read returns the last one, in that order, that it sees of its key, or the initial value where it sees none;
 * - *read your writes*: it sees what p wrote before;
 * - *monotonic reads*: it sees what p's reads before saw;
 * - *monotonic writes*: who sees a write sees what its client wrote before it, and the order keeps the order of each client;
 * - *writes follow reads*: who sees a write sees what its client had read before it, and the order has that before it.
 *
 * A single read cannot tell whether the last two hold, so that they are judged together with monotonic reads. All four rules
 * only ever add to what is seen and to the order, so that the smallest sets and orders decide: there is a violation when p's
 * order has a circle, or an initial value is read when a write is seen.
 *
 * @param order needed for writes-follow-reads and session. Where it does not exist these are broken anyway: writes that were
 * read before they were written.
 */
export function sessionGuarantee(
  history: RegisterHistory,
  which: Guarantees,
  allowance: Allowance,
  order?: CausalOrder,
): Search {
  const views = new Views(history, which, allowance, order);
  const missing = views.pay();
  if (missing !== undefined) return missing;
  const whole = new EdgeList(allowance.memory);
  views.addCommon(whole);
  for (let p = 0; p < history.sessions.length; p++) {
    const found = views.addOf(p, whole);
    if (found !== undefined) return found;
  }
  if (whole.truncated) return 'memory';
  // Without a circle in all views together there is none in any.
  const all = views.circleIn(whole);
  if (typeof all !== 'object') return all;
  whole.release();
  for (let p = 0; p < history.sessions.length; p++) {
    const own = allowance.part();
    const edges = new EdgeList(own.memory);
    const cut = allowance.take(history.size);
    if (cut !== undefined) return cut;
    views.addCommon(edges);
    const found = views.addOf(p, edges) ?? views.circleIn(edges, own);
    own.release();
    if (found !== undefined) return found;
  }
  return undefined;
}

// Edges say "not after": a circle of joints and one single write is none. Joints stand for "all of these so far".
class Views {
  private readonly k: number;
  private readonly joints: number;
  /** Of writes-follow-reads: what each client's reads have seen so far includes these many of each client's operations. */
  private known: Int32Array | undefined;

  constructor(
    private readonly history: RegisterHistory,
    private readonly which: Guarantees,
    private readonly allowance: Allowance,
    private readonly order: CausalOrder | undefined,
  ) {
    this.k = history.sessions.length;
    // One joint an operation for what its client wrote or read up to it, of all keys and of its own key.
    this.joints = 2 * history.size;
  }

  /** Counts, and builds, what all clients have in common. */
  pay(): Exhausted | undefined {
    const { size } = this.history;
    if (this.which !== 'writes-follow-reads') return this.allowance.take(size);
    const missing = this.allowance.take(size * (1 + Math.ceil(this.k / CLOCKS_A_STEP)), 4 * size * this.k);
    if (missing === undefined) this.known = this.knownReads();
    return missing;
  }

  private all(i: number): number {
    return this.history.size + i;
  }

  private ofKey(i: number): number {
    return this.history.size * 2 + i;
  }

  /** What holds in every client's order. */
  addCommon(edges: EdgeList): void {
    const { history, which } = this;
    const follows = which === 'writes-follow-reads' || which === 'session';
    for (const ops of history.sessions) {
      let lastWrite = -1;
      let lastRead = -1;
      for (const i of ops) {
        if (history.writes[i] === 1) {
          if (lastWrite !== -1 && (which === 'monotonic-writes' || which === 'session'))
            edges.add(lastWrite, i, PROCESS, -1);
          if (follows && lastRead !== -1) edges.add(this.all(lastRead), i, WR, lastRead);
          lastWrite = i;
        } else if (follows) {
          const source = history.from[i] as number;
          if (source >= 0) edges.add(source, this.all(i), WR, i);
          if (lastRead !== -1) edges.add(this.all(lastRead), this.all(i), WR, i);
          lastRead = i;
        }
      }
    }
    if (which === 'writes-follow-reads') this.addReadChains(edges);
  }

  /** For each client and key, a joint at each read for all that was read of this key up to it. */
  private addReadChains(edges: EdgeList): void {
    const { history } = this;
    for (const ops of history.sessions) {
      const last = new Map<number, number>();
      for (const i of ops) {
        if (history.writes[i] === 1) continue;
        const key = history.key[i] as number;
        const before = last.get(key);
        if (before !== undefined) edges.add(this.ofKey(before), this.ofKey(i), RW, i);
        if ((history.from[i] as number) >= 0) edges.add(history.from[i] as number, this.ofKey(i), RW, i);
        last.set(key, i);
      }
    }
  }

  /** What p's reads say about p's order. */
  addOf(p: number, edges: EdgeList): Search {
    const missing = this.allowance.take((this.history.sessions[p] as readonly number[]).length);
    if (missing !== undefined) return missing;
    switch (this.which) {
      case 'read-your-writes':
        return this.ownWrites(p, edges);
      case 'monotonic-reads':
        return this.ownReads(p, edges);
      case 'monotonic-writes':
        return this.prefixes(p, edges, this.writesKnown());
      case 'session':
        return this.prefixes(p, edges, (read) => (s) => this.order?.clock[read * this.k + s] ?? 0);
      case 'writes-follow-reads':
        return this.readsKnown(p, edges);
    }
  }

  private ownWrites(p: number, edges: EdgeList): Finding | undefined {
    const { history } = this;
    const last = new Map<number, number>();
    for (const i of history.sessions[p] as readonly number[]) {
      const key = history.key[i] as number;
      const before = last.get(key);
      if (history.writes[i] === 1) {
        if (before !== undefined) edges.add(this.ofKey(before), this.ofKey(i), RW, i);
        edges.add(i, this.ofKey(i), RW, i);
        last.set(key, i);
      } else if (before !== undefined) {
        if (history.from[i] === INITIAL) return this.sawNothing(before, i);
        edges.add(this.ofKey(before), history.from[i] as number, WW, i);
      }
    }
    return undefined;
  }

  private ownReads(p: number, edges: EdgeList): Finding | undefined {
    const { history } = this;
    const last = new Map<number, number>();
    for (const i of history.sessions[p] as readonly number[]) {
      if (history.writes[i] === 1) continue;
      const key = history.key[i] as number;
      const source = history.from[i] as number;
      const before = last.get(key);
      if (before !== undefined) {
        if (source === INITIAL) return this.sawNothing(before, i);
        edges.add(before, source, WW, i);
      }
      if (source >= 0) last.set(key, source);
    }
    return undefined;
  }

  /** With monotonic writes, what a client sees is, of each client, a beginning of what it did. */
  private prefixes(p: number, edges: EdgeList, seen: (read: number) => (s: number) => number): Search {
    const { history } = this;
    for (const read of history.sessions[p] as readonly number[]) {
      if (history.writes[read] === 1) continue;
      const source = history.from[read] as number;
      const until = seen(read);
      const writers = history.writersOf(history.key[read] as number);
      const missing = this.allowance.take(writers.length);
      if (missing !== undefined) return missing;
      for (const list of writers) {
        const write = lastBelow(history, list, until(history.session[list[0] as number] as number));
        if (write === -1 || write === source) continue;
        if (source === INITIAL) return this.sawNothing(write, read);
        edges.add(write, source, WW, read);
      }
    }
    return undefined;
  }

  private writesKnown(): (read: number) => (s: number) => number {
    const { history } = this;
    const seen = new Int32Array(this.k);
    return (read) => {
      const source = history.from[read] as number;
      if (source >= 0) {
        const s = history.session[source] as number;
        seen[s] = Math.max(seen[s] as number, (history.position[source] as number) + 1);
      }
      return (s) => seen[s] as number;
    };
  }

  private knownReads(): Int32Array {
    const { history, k, order } = this;
    const known = new Int32Array(history.size * k);
    for (const i of order?.order ?? []) {
      const s = history.session[i] as number;
      const at = (history.position[i] as number) - 1;
      if (at >= 0) this.join(known, i, (history.sessions[s] as readonly number[])[at] as number);
      if (history.writes[i] === 1) continue;
      const source = history.from[i] as number;
      if (source >= 0) this.join(known, i, source);
      known[i * k + s] = (history.position[i] as number) + 1;
    }
    return known;
  }

  private join(known: Int32Array, into: number, other: number): void {
    const { k } = this;
    for (let s = 0; s < k; s++) {
      const more = known[other * k + s] as number;
      if (more > (known[into * k + s] as number)) known[into * k + s] = more;
    }
  }

  private readsKnown(p: number, edges: EdgeList): Search {
    const { history, k } = this;
    for (const read of history.sessions[p] as readonly number[]) {
      if (history.writes[read] === 1) continue;
      const source = history.from[read] as number;
      const missing = this.allowance.take(k);
      if (missing !== undefined) return missing;
      for (let s = 0; s < k; s++) {
        // Of its own reads, those before this one.
        const end = s === p ? (history.position[read] as number) : (this.known?.[read * k + s] ?? 0);
        const last = this.lastRead(s, history.key[read] as number, end);
        if (last === -1) continue;
        if (source !== INITIAL) edges.add(this.ofKey(last), source, WW, read);
        else {
          const seen = this.anySource(last);
          if (seen !== -1) return this.sawNothing(seen, read);
        }
      }
    }
    return undefined;
  }

  private readLists: Map<number, number[]>[] | undefined;

  /** The reads of a key by a client, in its order. */
  private readsOf(s: number, key: number): readonly number[] {
    const { history } = this;
    this.readLists ??= history.sessions.map((ops) => {
      const lists = new Map<number, number[]>();
      for (const i of ops) {
        if (history.writes[i] === 1) continue;
        const list = lists.get(history.key[i] as number);
        if (list === undefined) lists.set(history.key[i] as number, [i]);
        else list.push(i);
      }
      return lists;
    });
    return this.readLists[s]?.get(key) ?? [];
  }

  private lastRead(s: number, key: number, end: number): number {
    return lastBelow(this.history, this.readsOf(s, key), end);
  }

  /** What this read, or an earlier one of its client and key, saw; -1 when that was never more than the initial value. */
  private anySource(read: number): number {
    const { history } = this;
    const list = this.readsOf(history.session[read] as number, history.key[read] as number);
    const found = list.find(
      (i) => (history.position[i] as number) <= (history.position[read] as number) && (history.from[i] as number) >= 0,
    );
    return found === undefined ? -1 : (history.from[found] as number);
  }

  private sawNothing(write: number, read: number): Finding {
    const { history } = this;
    const says = `${history.client(read)} got ${history.text(read)}, the initial value, when it could see ${history.text(write)}`;
    return { pattern: 'InitialAfterWrite', says, involved: [write, read], steps: [] };
  }

  circleIn(edges: EdgeList, allowance = this.allowance): Search {
    const { history } = this;
    const nodes = history.size + this.joints;
    const isWrite = (member: number): boolean => history.writes[member] === 1;
    return circle(
      history,
      edges,
      nodes,
      'CyclicOrder',
      allowance,
      (kind, from, to, because) => this.says(kind, from, to, because),
      isWrite,
    );
  }

  private says(kind: number, from: number, to: number, because: number): string {
    const { history } = this;
    if (kind === WW) {
      return `${history.client(because)} got ${history.text(because)} when it could see ${history.text(from)} too, which therefore came before ${history.text(to)}`;
    }
    return `${history.text(from)} came before ${history.text(to)}`;
  }
}

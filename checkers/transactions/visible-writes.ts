import type { ProcessId } from '../../engine/history.js';
import type { Allowance, Exhausted } from '../budget.js';
import { WR, type EdgeList } from '../graph/edges.js';
import { INITIAL, NOBODY, type ReadsFrom } from './dependencies.js';
import type { Read, Table, Write } from './table.js';
import type { WeakLevel } from './levels.js';

/** So many numbers of two clocks are compared in a step. */
const CLOCKS_A_STEP = 16;

/** One read of what another transaction wrote. */
interface ReadFrom {
  readonly key: number;
  /** The writer, or INITIAL. */
  readonly from: number;
}

/** A read of the initial value of a key by somebody who must see a write of it. */
export interface Missed {
  readonly reader: number;
  readonly key: number;
  readonly write: number;
}

/** `before` committed before `after`: both wrote the key, and `reader` read the latter's although it must see the former's. */
export type Infer = (before: number, after: number, key: number, reader: number) => void;

/**
 * What transactions must see, and the order of commits that follows: where t3 reads x from t1, and must see t2, which writes x too,
 * t2 committed before t1 (Biswas and Enea, arXiv 1908.04509, Figure 2; inferred sparingly, as in AWDIT).
 */
export class VisibleWrites {
  initialMissed: Missed | undefined;
  private readonly reads: ReadFrom[][] = [];
  /** The keys that each transaction wrote, each once. */
  private readonly written: number[][] = [];
  private readonly session: Int32Array;
  private readonly place: Int32Array;
  private readonly sessions: number[][] = [];

  constructor(
    private readonly table: Table,
    { sourceOf }: ReadsFrom,
  ) {
    const n = table.transactions.length;
    this.session = new Int32Array(n).fill(-1);
    this.place = new Int32Array(n);
    const ids = new Map<ProcessId, number>();
    for (let t = 0; t < n; t++) {
      this.reads.push(this.readsFrom(t, sourceOf));
      this.written.push([...new Set((table.writesOf[t] as Write[]).map(({ key }) => key))]);
      if (!table.tookEffect(t)) continue;
      const { process } = table.transaction(t);
      let s = ids.get(process);
      if (s === undefined) {
        ids.set(process, (s = ids.size));
        this.sessions.push([]);
      }
      this.session[t] = s;
      this.place[t] = (this.sessions[s] as number[]).push(t) - 1;
    }
  }

  private readsFrom(t: number, sourceOf: ReadsFrom['sourceOf']): ReadFrom[] {
    const found: ReadFrom[] = [];
    for (const read of this.table.readsOf[t] as Read[]) {
      const from = sourceOf(read);
      if (from !== NOBODY && from !== t) found.push({ key: read.key, from });
    }
    return found;
  }

  addReadsFrom(edges: EdgeList): void {
    for (const [t, reads] of this.reads.entries()) {
      for (const { key, from } of reads) if (from !== INITIAL) edges.add(from, t, WR, key);
    }
  }

  /**
   * Tells all that follows at this level, in the same order each time.
   *
   * @returns what ran out before all was told. Session order and reads must have no circle.
   */
  infer(level: WeakLevel, infer: Infer, allowance: Allowance): Exhausted | undefined {
    if (level === 'causal') return this.causal(infer, allowance);
    return level === 'read-atomic' ? this.readAtomic(infer, allowance) : this.readCommitted(infer, allowance);
  }

  /** t3 reads `key` from `from` and must see `seen`, which writes it. */
  private must(t3: number, { key, from }: ReadFrom, seen: number, infer: Infer): void {
    if (seen === from || seen === t3) return;
    if (from !== INITIAL) infer(seen, from, key, t3);
    else this.initialMissed ??= { reader: t3, key, write: seen };
  }

  /** From its first read of t2 on, t3 sees all of t2. */
  private readCommitted(infer: Infer, allowance: Allowance): Exhausted | undefined {
    for (const [t3, reads] of this.reads.entries()) {
      const missing = allowance.take(1 + reads.length);
      if (missing !== undefined) return missing;
      const seen = new Set<number>();
      for (const [at, { from: t2 }] of reads.entries()) {
        if (t2 === INITIAL || seen.has(t2)) continue;
        seen.add(t2);
        allowance.spend(reads.length - at);
        this.overlap(t3, reads.slice(at + 1), t2, infer);
      }
    }
    return undefined;
  }

  /** t3 sees all of each t2 that it read from, and all that its session did. */
  private readAtomic(infer: Infer, allowance: Allowance): Exhausted | undefined {
    for (const [t3, reads] of this.reads.entries()) {
      const sources = new Set(reads.map(({ from }) => from));
      const missing = allowance.take(1 + reads.length * (1 + sources.size));
      if (missing !== undefined) return missing;
      for (const t2 of sources) if (t2 !== INITIAL) this.overlap(t3, reads, t2, infer);
    }
    for (const list of this.sessions) {
      const last = new Map<number, number>();
      for (const t3 of list) {
        for (const read of this.reads[t3] as ReadFrom[]) {
          const t2 = last.get(read.key);
          if (t2 !== undefined) this.must(t3, read, t2, infer);
        }
        for (const key of this.written[t3] as number[]) last.set(key, t3);
      }
    }
    return undefined;
  }

  /** The keys that t2 wrote and these reads read: walks over the shorter of the two. */
  private overlap(t3: number, reads: readonly ReadFrom[], t2: number, infer: Infer): void {
    const keys = this.written[t2] as number[];
    if (keys.length <= 4) {
      for (const read of reads) if (keys.includes(read.key)) this.must(t3, read, t2, infer);
      return;
    }
    const byKey = new Set(keys);
    for (const read of reads) if (byKey.has(read.key)) this.must(t3, read, t2, infer);
  }

  /**
   * t3 sees its causal past: of each session, up to some transaction; of a key, the last of these that wrote it, as the earlier
   * ones come before that anyway.
   */
  private causal(infer: Infer, allowance: Allowance): Exhausted | undefined {
    const k = this.sessions.length;
    const n = this.table.transactions.length;
    const clockBytes = 4 * n * k;
    const noRoom = allowance.take(n, clockBytes);
    if (noRoom !== undefined) return noRoom;
    const missing = this.causalPast(k, infer, allowance);
    allowance.memory.give(clockBytes);
    return missing;
  }

  private causalPast(k: number, infer: Infer, allowance: Allowance): Exhausted | undefined {
    const n = this.table.transactions.length;
    // So many transactions of each session are before t, itself included.
    const clock = new Int32Array(n * k);
    const writers = this.writersBySession();
    for (const t of this.causalOrder()) {
      const missing = allowance.take((this.reads[t] as ReadFrom[]).length * (1 + Math.ceil(k / CLOCKS_A_STEP)));
      if (missing !== undefined) return missing;
      const at = t * k;
      const place = this.place[t] as number;
      const list = this.sessions[this.session[t] as number] as number[];
      if (place > 0) clock.copyWithin(at, (list[place - 1] as number) * k, (list[place - 1] as number) * k + k);
      for (const { from } of this.reads[t] as ReadFrom[]) {
        if (from === INITIAL) continue;
        for (let s = 0; s < k; s++) {
          const seen = clock[from * k + s] as number;
          if (seen > (clock[at + s] as number)) clock[at + s] = seen;
        }
      }
      for (const read of this.reads[t] as ReadFrom[]) {
        for (const { session, list: of } of writers[read.key] as KeyWriters[]) {
          allowance.spend(1);
          const t2 = this.lastBelow(of, clock[at + session] as number);
          if (t2 === -1 || t2 === read.from) continue;
          const known =
            read.from !== INITIAL && (clock[read.from * k + session] as number) > (this.place[t2] as number);
          if (!known) this.must(t, read, t2, infer);
        }
      }
      clock[at + (this.session[t] as number)] = place + 1;
    }
    return undefined;
  }

  private writersBySession(): KeyWriters[][] {
    const found: KeyWriters[][] = this.table.keys.map(() => []);
    for (const [session, list] of this.sessions.entries()) {
      for (const t of list) {
        for (const key of this.written[t] as number[]) {
          const of = found[key] as KeyWriters[];
          const last = of.at(-1);
          if (last?.session === session) last.list.push(t);
          else of.push({ session, list: [t] });
        }
      }
    }
    return found;
  }

  private lastBelow(list: readonly number[], end: number): number {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.place[list[middle] as number] as number) < end) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -1 : (list[low - 1] as number);
  }

  /** Everything that took effect, after what it depends on. */
  private *causalOrder(): Generator<number, void> {
    const next = this.sessions.map(() => 0);
    const done = new Uint8Array(this.table.transactions.length);
    const waiting = new Map<number, number[]>();
    const ready = [...this.sessions.keys()];
    while (ready.length > 0) {
      const s = ready.pop() as number;
      const list = this.sessions[s] as number[];
      while ((next[s] as number) < list.length) {
        const t = list[next[s] as number] as number;
        const missing = (this.reads[t] as ReadFrom[]).find(({ from }) => from !== INITIAL && done[from] === 0);
        if (missing !== undefined) {
          waiting.set(missing.from, [...(waiting.get(missing.from) ?? []), s]);
          break;
        }
        yield t;
        done[t] = 1;
        next[s]!++;
        ready.push(...(waiting.get(t) ?? []));
        waiting.delete(t);
      }
    }
  }
}

interface KeyWriters {
  readonly session: number;
  readonly list: number[];
}

import type { Allowance, Exhausted } from '../budget.js';
import { EdgeList, NODE_BYTES, PROCESS, RW, WR, WW } from '../graph/edges.js';
import { cameBefore } from './causal.js';
import { CLOCKS_A_STEP } from './causal-order.js';
import { circle, type Finding, type PatternName, type Search } from './finding.js';
import { INITIAL, lastBelow, type RegisterHistory } from './register-history.js';

/** What one view has in it, and which of its reads must return the last write of the view. */
export interface View {
  /** Of each client, the operations of the view, in its order. */
  readonly chains: readonly (readonly number[])[];
  readonly judged: readonly number[];
  /** Also: a read comes before the writes that follow what it returned. Needed where the judged reads are of several clients. */
  readonly readsBeforeOverwrites: boolean;
  readonly circle: PatternName;
  readonly initial: PatternName;
}

/**
 * Adds to the order of a view what follows from its reads, until nothing more does (Bouajjani et al., POPL 2017, happened-before
 * hb_o; Zennou, Bouajjani, Enea and Erradi, *Gradual Consistency Checking*, CAV 2019): a write of the key that is before a read is
 * before the write that this read returned. A circle, or an initial value read after a write, refutes the view.
 */
export class Saturation {
  private readonly edges: EdgeList;
  private readonly members: number[];
  private readonly k: number;
  /** `clock[i × k + s]`: so many operations of client s, counted in the history, are i itself or before it. */
  clock: Int32Array = new Int32Array(0);
  private readonly present: Uint8Array;
  private readonly comparisons: number;

  constructor(
    private readonly history: RegisterHistory,
    private readonly view: View,
    private readonly allowance: Allowance,
  ) {
    this.edges = new EdgeList(allowance.memory);
    this.k = history.sessions.length;
    this.members = view.chains.flat();
    this.present = new Uint8Array(history.size);
    for (const i of this.members) this.present[i] = 1;
    const compared = view.readsBeforeOverwrites ? this.members : view.judged;
    this.comparisons = compared.reduce((sum, i) => sum + history.writersOf(history.key[i] as number).length, 0);
    for (const chain of view.chains) {
      for (let n = 1; n < chain.length; n++) this.edges.add(chain[n - 1] as number, chain[n] as number, PROCESS, -1);
    }
    for (const i of this.members) {
      const source = history.from[i] as number;
      if (history.writes[i] === 0 && source >= 0) this.edges.add(source, i, WR, -1);
    }
  }

  /** Undefined when the order is whole and has no circle. */
  run(): Search {
    const { history, allowance } = this;
    const missing = allowance.take(history.size, history.size * (4 * this.k + NODE_BYTES));
    if (missing !== undefined) return missing;
    for (let before = -1; before !== this.edges.size;) {
      before = this.edges.size;
      const tooMuch = allowance.take(this.roundSteps());
      if (tooMuch !== undefined) return tooMuch;
      if (this.edges.truncated) return 'memory';
      if (!this.count()) return this.circle();
      const found = this.derive();
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Each edge and member is passed once, and what each reads or writes is held against all clients that wrote this key. */
  private roundSteps(): number {
    return this.comparisons + this.members.length + Math.ceil(this.k / CLOCKS_A_STEP) * this.edges.size;
  }

  /** What must come right before each operation: the order's edges that are none of a client. */
  graph(): ReturnType<EdgeList['graph']> {
    return this.edges.graph(this.history.size);
  }

  private circle(): Finding | Exhausted {
    const { history, view } = this;
    const says = (kind: number, from: number, to: number, because: number): string => {
      if (kind === RW)
        return `${history.client(from)} got ${history.text(from)} before ${history.text(to)}, which overwrote that`;
      return cameBefore(history, from, to, because);
    };
    return circle(history, this.edges, history.size, view.circle, this.allowance, says) ?? 'steps';
  }

  /** Clocks along the edges. @returns false when there is a circle. */
  private count(): boolean {
    const { k, members } = this;
    const graph = this.edges.graph(this.history.size);
    const missing = new Int32Array(this.history.size);
    for (const i of members) {
      for (let at = graph.start[i] as number; at < (graph.start[i + 1] as number); at++)
        missing[graph.to[at] as number]!++;
    }
    this.clock = new Int32Array(this.history.size * k);
    const ready = members.filter((i) => missing[i] === 0);
    let done = 0;
    while (ready.length > 0) {
      const i = ready.pop() as number;
      done++;
      const s = this.history.session[i] as number;
      this.clock[i * k + s] = (this.history.position[i] as number) + 1;
      for (let at = graph.start[i] as number; at < (graph.start[i + 1] as number); at++) {
        const to = graph.to[at] as number;
        for (let other = 0; other < k; other++) {
          const seen = this.clock[i * k + other] as number;
          if (seen > (this.clock[to * k + other] as number)) this.clock[to * k + other] = seen;
        }
        if (--missing[to]! === 0) ready.push(to);
      }
    }
    return done === members.length;
  }

  private before(a: number, b: number): boolean {
    return (
      (this.clock[b * this.k + (this.history.session[a] as number)] as number) > (this.history.position[a] as number)
    );
  }

  private derive(): Finding | undefined {
    const { history, view, k } = this;
    for (const read of view.judged) {
      const source = history.from[read] as number;
      for (const list of history.writersOf(history.key[read] as number)) {
        const s = history.session[list[0] as number] as number;
        const write = this.lastPresent(list, this.clock[read * k + s] as number);
        if (write === -1 || write === source) continue;
        if (source === INITIAL) {
          const says = `${history.client(read)} got ${history.text(read)}, the initial value, after ${history.text(write)} was there`;
          return { pattern: view.initial, says, involved: [write, read], steps: [] };
        }
        if (!this.before(write, source)) this.edges.add(write, source, WW, read);
      }
    }
    if (view.readsBeforeOverwrites) this.deriveOverwrites();
    return undefined;
  }

  private lastPresent(list: readonly number[], end: number): number {
    const write = lastBelow(this.history, list, end);
    return write !== -1 && this.present[write] === 1 ? write : -1;
  }

  /** Of each client, the last read of a write comes before what follows that write. */
  private deriveOverwrites(): void {
    const { history, k } = this;
    const readers = this.lastReaders();
    for (const write of this.members) {
      if (history.writes[write] === 0) continue;
      for (const reader of readers.initial[history.key[write] as number] ?? []) {
        if (!this.before(reader, write)) this.edges.add(reader, write, RW, reader);
      }
      for (const list of history.writersOf(history.key[write] as number)) {
        const s = history.session[list[0] as number] as number;
        const own = s === history.session[write];
        const end = own ? (history.position[write] as number) : (this.clock[write * k + s] as number);
        const earlier = lastBelow(history, list, end);
        if (earlier === -1) continue;
        for (const reader of readers.of.get(earlier) ?? []) {
          if (!this.before(reader, write)) this.edges.add(reader, write, RW, reader);
        }
      }
    }
  }

  private readonly readersFound: { of: Map<number, number[]>; initial: number[][] }[] = [];

  private lastReaders(): { of: Map<number, number[]>; initial: number[][] } {
    const known = this.readersFound[0];
    if (known !== undefined) return known;
    const { history } = this;
    const of = new Map<number, number[]>();
    const initial: number[][] = history.keys.map(() => []);
    for (const chain of this.view.chains) {
      const last = new Map<string, number>();
      for (const i of chain) {
        if (history.writes[i] === 0) last.set(`${history.key[i] as number} ${history.from[i] as number}`, i);
      }
      for (const i of last.values()) {
        const source = history.from[i] as number;
        if (source < 0) (initial[history.key[i] as number] as number[]).push(i);
        else of.set(source, [...(of.get(source) ?? []), i]);
      }
    }
    const found = { of, initial };
    this.readersFound.push(found);
    return found;
  }
}

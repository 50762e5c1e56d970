import { Allowance } from '../budget.js';
import type { Cycle } from '../graph/cycle-search.js';
import { INFERRED, PROCESS, WR, type Graph } from '../graph/edges.js';
import { showValue } from '../values.js';
import type { CycleStep } from './anomaly.js';
import { INITIAL, type ReadsFrom } from './dependencies.js';
import { sentenceOf } from './sentences.js';
import type { Read, Table, Write } from './table.js';
import { showRead } from './transaction.js';
import type { Missed, VisibleWrites } from './visible-writes.js';
import type { WeakLevel } from './levels.js';

/** A circle of commits with its reasons, and everybody who takes part in it. */
export interface FoundCircle {
  readonly transactions: readonly number[];
  readonly says: string;
  readonly cycle: readonly CycleStep[];
}

/** Says of each edge between commits why it is there; for those that were inferred, who read what and had to see whom. */
export class CommitReasons {
  constructor(
    private readonly table: Table,
    private readonly reads: ReadsFrom,
    /** Session order and reads. */
    private readonly given: Graph,
    private readonly visible: VisibleWrites,
    private readonly level: WeakLevel,
    private readonly allowance: Allowance,
  ) {}

  /** Somebody read the initial value although a write of it came before: what it had to see comes before it, and after it. */
  ofMissed({ reader, key, write }: Missed): FoundCircle {
    const path = this.pathTo(write, reader);
    const steps = path.nodes
      .slice(1)
      .map((to, i) => this.step(path.nodes[i] as number, to, path.kinds[i]!, path.keys[i]!));
    const name = showValue(this.table.key(key).name);
    const says = `${this.readBy(reader, key, (read) => this.reads.sourceOf(read) === INITIAL)}, without ${this.table.nameOf(write)}’s ${this.wrote(write, key)}`;
    const last: CycleStep = {
      from: this.id(reader),
      to: this.id(write),
      type: 'rw',
      key: this.table.key(key).name,
      says,
    };
    const why = steps.length === 0 ? '' : `: ${steps.map((step) => step.says).join('; then ')}`;
    return {
      transactions: path.nodes,
      says: `${this.table.nameOf(reader)} read the initial value of ${name}, and had to see ${this.table.nameOf(write)}, which wrote it${why}`,
      cycle: [...steps, last],
    };
  }

  ofCircle({ nodes, kinds, keys }: Cycle): FoundCircle {
    const at = (i: number): number => nodes[i % nodes.length] as number;
    const readers = this.readersOf(
      nodes.flatMap((from, i) => (kinds[i] === INFERRED ? [[from, at(i + 1), keys[i]!]] : [])),
    );
    const involved = new Set(nodes);
    const cycle = nodes.map((from, i) => {
      const to = at(i + 1);
      const key = keys[i] as number;
      const kind = kinds[i] as number;
      if (kind !== INFERRED) return this.step(from, to, kind, key);
      const path = this.pathTo(from, readers.get(`${from} ${to} ${key}`) as number);
      for (const node of path.nodes) involved.add(node);
      return this.inferred(from, to, key, path.nodes);
    });
    return { transactions: [...involved], says: sentenceOf(cycle), cycle };
  }

  private inferred(from: number, to: number, key: number, path: readonly number[]): CycleStep {
    const [a, b] = [this.table.nameOf(from), this.table.nameOf(to)];
    const reader = path.at(-1) as number;
    const read = this.readBy(reader, key, (one) => this.reads.sourceOf(one) === to);
    const way = path.length > 2 ? ` (${path.map((t) => this.table.nameOf(t)).join(' → ')})` : '';
    const says = `${read} of ${b} and had to see ${a}’s ${this.wrote(from, key)}${way}, so that ${a} committed before ${b}`;
    return { from: this.id(from), to: this.id(to), type: 'ww', key: this.table.key(key).name, says };
  }

  private step(from: number, to: number, kind: number, key: number): CycleStep {
    const common = { from: this.id(from), to: this.id(to) };
    if (kind === PROCESS) {
      const { process } = this.table.transaction(from);
      const says = `process ${process} did ${this.table.nameOf(from)} before ${this.table.nameOf(to)}`;
      return { ...common, type: 'process', says };
    }
    const says = this.reads.explain(from, to, kind, key);
    return { ...common, type: kind === WR ? 'wr' : 'ww', key: this.table.key(key).name, says };
  }

  /** Of each of these inferred edges, the first reader from whose reads it follows. */
  private readersOf(edges: readonly (readonly number[])[]): Map<string, number> {
    const wanted = new Set(edges.map((edge) => edge.join(' ')));
    const readers = new Map<string, number>();
    if (wanted.size === 0) return readers;
    // As much again as it took to find the circle, which is not to be left without its reasons.
    const again = new Allowance({ steps: Infinity, memoryBytes: Infinity });
    this.visible.infer(
      this.level,
      (before, after, key, reader) => {
        const edge = `${before} ${after} ${key}`;
        if (wanted.has(edge) && !readers.has(edge)) readers.set(edge, reader);
      },
      again,
    );
    this.allowance.spend(again.spent.steps);
    return readers;
  }

  /** The shortest way through sessions and reads. */
  private pathTo(from: number, to: number): { nodes: number[]; kinds: number[]; keys: number[] } {
    const { start, to: targets, kind, key } = this.given;
    const by = new Map<number, readonly [node: number, edge: number]>();
    const open = [from];
    for (let i = 0; i < open.length && !by.has(to); i++) {
      const node = open[i] as number;
      for (let at = start[node] as number; at < (start[node + 1] as number); at++) {
        const next = targets[at] as number;
        if (by.has(next) || next === from) continue;
        by.set(next, [node, at]);
        open.push(next);
      }
    }
    const nodes = [to];
    const kinds: number[] = [];
    const keys: number[] = [];
    for (let step = by.get(to); step !== undefined; step = by.get(step[0])) {
      nodes.unshift(step[0]);
      kinds.unshift(kind[step[1]] as number);
      keys.unshift(key[step[1]] as number);
    }
    return { nodes, kinds, keys };
  }

  private readBy(t: number, key: number, which: (read: Read) => boolean): string {
    const read = (this.table.readsOf[t] as Read[]).find((one) => one.key === key && which(one)) as Read;
    return `${this.table.nameOf(t)} read ${showValue(this.table.key(key).name)} = ${showRead(read.value)}`;
  }

  private wrote(t: number, key: number): string {
    const write = (this.table.writesOf[t] as Write[]).findLast((one) => one.key === key);
    return showValue(write?.value);
  }

  private id(t: number): number {
    return this.table.transaction(t).id;
  }
}

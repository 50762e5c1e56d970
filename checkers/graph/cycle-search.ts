import type { Allowance } from '../budget.js';
import { RW, type Graph } from './edges.js';

/** A closed walk: `nodes[i]` to `nodes[i + 1]` by an edge of `kinds[i]` at `keys[i]`, the last one back to the first. */
export interface Cycle {
  readonly nodes: readonly number[];
  readonly kinds: readonly number[];
  readonly keys: readonly number[];
}

/** Which closed walks are looked for. */
export interface Wanted {
  /** The first edge is of one of these kinds. */
  readonly start: number;
  /** The others are of these. */
  readonly rest: number;
  /**
   * `apart`: of edges that read too early (rw), no two follow each other, and there are at least two of them.
   * `paired`: the second edge is such a one, as is the first.
   */
  readonly pattern: 'any' | 'apart' | 'paired';
}

// A walk's state besides its node: was the last edge an rw edge, and was there one after the first?
const AFTER_RW = 1;
const SECOND_RW = 2;

/**
 * The shortest walk that each starting edge begins and that closes, as long as it is shorter than all before it. Stops when
 * the budget ends, of which an edge looked at is a step. Deterministic: edges in the order of the graph.
 *
 * @param usable edges of the graph to start from; all when left out.
 */
export function* shortestCycles(
  graph: Graph,
  wanted: Wanted,
  allowance: Allowance,
  usable?: (from: number, to: number) => boolean,
): Generator<Cycle, void> {
  const search = new WalkSearch(graph, wanted, allowance);
  let longest = Infinity;
  for (let from = 0; from < graph.nodes; from++) {
    const end = graph.start[from + 1] as number;
    for (let at = graph.start[from] as number; at < end; at++) {
      if (((graph.kind[at] as number) & wanted.start) === 0) continue;
      if (usable !== undefined && !usable(from, graph.to[at] as number)) continue;
      if (allowance.out !== undefined) return;
      const cycle = search.from(from, at, longest - 1);
      if (cycle === undefined) continue;
      longest = cycle.nodes.length;
      yield cycle;
    }
  }
}

/** Breadth first over (node, state of the pattern). */
class WalkSearch {
  private readonly states: number;
  /** The edge by which a place was reached, and the place before; a place is node × states + state. */
  private readonly by: Int32Array;
  private readonly previous: Int32Array;
  private readonly round: Int32Array;
  private rounds = 0;

  constructor(
    private readonly graph: Graph,
    private readonly wanted: Wanted,
    private readonly allowance: Allowance,
  ) {
    this.states = wanted.pattern === 'apart' ? 4 : 1;
    const places = graph.nodes * this.states;
    this.by = new Int32Array(places);
    this.previous = new Int32Array(places);
    this.round = new Int32Array(places);
  }

  /** A closed walk of at most `lengthMax` edges that begins with this one. */
  from(source: number, first: number, lengthMax: number): Cycle | undefined {
    const { graph, wanted, states } = this;
    this.rounds++;
    const second = graph.to[first] as number;
    const begin = second * states + (wanted.pattern === 'apart' ? AFTER_RW : 0);
    const goal = source * states + (wanted.pattern === 'apart' ? SECOND_RW : 0);
    this.round[begin] = this.rounds;
    this.by[begin] = first;
    this.previous[begin] = -1;
    let level = [begin];
    for (let length = 2; length <= lengthMax && level.length > 0; length++) {
      const next: number[] = [];
      for (const place of level) {
        const node = Math.floor(place / states);
        const end = graph.start[node + 1] as number;
        this.allowance.spend(end - (graph.start[node] as number));
        for (let at = graph.start[node] as number; at < end; at++) {
          const reached = this.step(place, at, length);
          if (reached === -1 || this.round[reached] === this.rounds) continue;
          this.round[reached] = this.rounds;
          this.by[reached] = at;
          this.previous[reached] = place;
          if (reached === goal) return this.walk(source, goal);
          next.push(reached);
        }
      }
      level = next;
    }
    return undefined;
  }

  /** The place that an edge leads to, or -1 where the pattern forbids it. */
  private step(place: number, at: number, length: number): number {
    const { graph, wanted, states } = this;
    const kind = graph.kind[at] as number;
    if ((kind & wanted.rest) === 0) return -1;
    if (wanted.pattern === 'paired' && length === 2 && kind !== RW) return -1;
    const to = graph.to[at] as number;
    if (wanted.pattern !== 'apart') return to;
    const state = place % states;
    if (kind !== RW) return to * states + (state & SECOND_RW);
    return (state & AFTER_RW) === 0 ? to * states + (AFTER_RW | SECOND_RW) : -1;
  }

  private walk(source: number, goal: number): Cycle {
    const nodes: number[] = [];
    const kinds: number[] = [];
    const keys: number[] = [];
    for (let place = goal; place !== -1; place = this.previous[place] as number) {
      const edge = this.by[place] as number;
      const before = this.previous[place] as number;
      nodes.unshift(before === -1 ? source : Math.floor(before / this.states));
      kinds.unshift(this.graph.kind[edge] as number);
      keys.unshift(this.graph.key[edge] as number);
    }
    return simple({ nodes, kinds, keys });
  }
}

/** Are no two rw edges next to each other, all the way round? */
export function rwApart(kinds: readonly number[]): boolean {
  return kinds.every((kind, i) => kind !== RW || kinds.length === 1 || kinds[(i + 1) % kinds.length] !== RW);
}

/**
 * Cuts a closed walk that passes a node twice into two, and keeps one. Where no two rw edges were adjacent, this still holds
 * for one of the two: if both cuts joined rw edges, two of the four at that node would have been adjacent before.
 */
function simple(walk: Cycle): Cycle {
  const first = new Map<number, number>();
  for (const [to, node] of walk.nodes.entries()) {
    const from = first.get(node);
    if (from === undefined) {
      first.set(node, to);
      continue;
    }
    const inner = slice(walk, (i) => i >= from && i < to);
    return simple(rwApart(inner.kinds) ? inner : slice(walk, (i) => i < from || i >= to));
  }
  return walk;
}

function slice(walk: Cycle, keep: (i: number) => boolean): Cycle {
  const chosen = <T>(list: readonly T[]): T[] => list.filter((_, i) => keep(i));
  return { nodes: chosen(walk.nodes), kinds: chosen(walk.kinds), keys: chosen(walk.keys) };
}

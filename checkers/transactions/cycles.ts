import type { Allowance, Exhausted } from '../budget.js';
import { rwApart, shortestCycles, type Cycle, type Wanted } from '../graph/cycle-search.js';
import {
  components,
  EDGE_BYTES,
  EdgeList,
  NODE_BYTES,
  PROCESS,
  REALTIME,
  RW,
  subgraph,
  WR,
  WW,
  type Graph,
} from '../graph/edges.js';
import { forbiddenAt, impliesLevel, type AnomalyName, type CycleClass, type IsolationLevel } from './levels.js';

export interface NamedCycle {
  readonly name: AnomalyName;
  readonly cycle: Cycle;
}

interface Variant {
  readonly suffix: '' | '-process' | '-realtime';
  /** Edges besides ww, wr and rw. */
  readonly extra: number;
}

// What a process did one after the other also is so in real time.
const VARIANTS: readonly Variant[] = [
  { suffix: '', extra: 0 },
  { suffix: '-process', extra: PROCESS },
  { suffix: '-realtime', extra: PROCESS | REALTIME },
];

const CYCLES_OF_A_CLASS_MAX = 4;

/**
 * The shortest cycle of each class in each strongly connected component, at most four of a class. A class that needs the
 * session or real time is looked for only where it refutes a level that still stands.
 *
 * Components tell in linear time where there is a cycle, and where one in which no two rw edges are adjacent; which class its
 * shortest one is takes a search from many edges.
 *
 * @returns `anyCycle`: false when there is no cycle of any kind; `ranOut`: what did before a search had its answer.
 */
export function findCycles(
  graph: Graph,
  refuted: ReadonlySet<IsolationLevel>,
  allowance: Allowance,
  report: (found: NamedCycle) => void,
): { readonly anyCycle: boolean; readonly ranOut: Exhausted | undefined } {
  const nothing = allowance.take(graph.to.length + graph.nodes, graph.nodes * NODE_BYTES);
  if (nothing !== undefined) return { anyCycle: true, ranOut: nothing };
  const everything = WW | WR | RW | PROCESS | REALTIME;
  const found = components(graph, everything);
  let ranOut: Exhausted | undefined;
  for (const members of found) {
    const part = subgraph(graph, members, everything);
    for (const variant of VARIANTS) {
      const search = new VariantSearch(part, variant, allowance, refuted, ({ name, cycle }) =>
        report({ name, cycle: { ...cycle, nodes: cycle.nodes.map((node) => members[node] as number) } }),
      );
      search.run();
      ranOut ??= search.ranOut;
    }
  }
  return { anyCycle: found.length > 0, ranOut };
}

/** Looks at one component of the whole graph with the edges of one variant. */
class VariantSearch {
  ranOut: Exhausted | undefined;
  private readonly dependencies: number;
  private readonly found = new Map<AnomalyName, number>();

  constructor(
    private readonly graph: Graph,
    private readonly variant: Variant,
    private readonly allowance: Allowance,
    private readonly refuted: ReadonlySet<IsolationLevel>,
    private readonly report: (found: NamedCycle) => void,
  ) {
    this.dependencies = WW | WR | variant.extra;
  }

  run(): void {
    const { extra } = this.variant;
    this.inComponents('G0', WW | extra, { start: WW, rest: WW | extra, pattern: 'any' });
    this.inComponents('G1c', this.dependencies, { start: WR, rest: this.dependencies, pattern: 'any' });
    if (!this.open('G-single') && !this.open('G-nonadjacent') && !this.open('G2-item')) return;
    const whole = this.dependencies | RW;
    if (!this.mayLook()) return;
    for (const members of components(this.graph, whole)) this.withReads(subgraph(this.graph, members, whole), members);
  }

  private inComponents(name: CycleClass, mask: number, wanted: Wanted): void {
    if (!this.open(name) || !this.mayLook()) return;
    for (const members of components(this.graph, mask)) {
      this.shortest(name, subgraph(this.graph, members, mask), members, wanted);
    }
  }

  /** Components are found in one walk over the part. */
  private mayLook(): boolean {
    const missing = this.allowance.take(this.graph.to.length);
    this.ranOut ??= missing;
    return missing === undefined;
  }

  /** See `apartEdges`; none where there is no room to look. */
  private apart(part: Graph): ReturnType<typeof apartEdges> {
    const bytes = 2 * part.to.length * EDGE_BYTES + 2 * part.nodes * NODE_BYTES;
    const missing = this.allowance.take(2 * part.to.length, bytes);
    this.ranOut ??= missing;
    if (missing !== undefined) return undefined;
    const found = apartEdges(part);
    this.allowance.memory.give(bytes);
    return found;
  }

  private withReads(part: Graph, members: readonly number[]): void {
    const whole = this.dependencies | RW;
    const inApart = this.apart(part);
    if (inApart !== undefined) {
      const single: Wanted = { start: RW, rest: this.dependencies, pattern: 'any' };
      const apart: Wanted = { start: RW, rest: whole, pattern: 'apart' };
      const found = this.open('G-single') && this.shortest('G-single', part, members, single, inApart);
      if (this.open('G-nonadjacent')) this.shortest('G-nonadjacent', part, members, apart, inApart, !found);
    }
    if (this.open('G2-item')) this.shortest('G2-item', part, members, { start: RW, rest: whole, pattern: 'paired' });
  }

  /** Is there a level that this class would refute and that still stands? Without session and real time: always. */
  private open(name: CycleClass): boolean {
    if (this.variant.suffix === '') return true;
    return forbiddenAt(`${name}${this.variant.suffix}`).some(
      (level) => ![...this.refuted].some((weaker) => impliesLevel(level, weaker)),
    );
  }

  /**
   * @param orAny report what was found even if it proves to be of another class.
   * @returns whether anything was.
   */
  private shortest(
    name: CycleClass,
    part: Graph,
    members: readonly number[],
    wanted: Wanted,
    usable?: (from: number, to: number) => boolean,
    orAny = false,
  ): boolean {
    let best: NamedCycle | undefined;
    let other: NamedCycle | undefined;
    // A part of what is left, so that a hard search leaves something to those after it.
    const share = this.allowance.part({ steps: Math.ceil(this.allowance.left / 4) });
    for (const cycle of shortestCycles(part, wanted, share, usable)) {
      const named = { name: nameOf(cycle), cycle };
      if (named.name.startsWith(name)) best = named;
      else other ??= named;
    }
    if (best === undefined) this.ranOut ??= share.out;
    const chosen = best ?? (orAny ? other : undefined);
    if (chosen === undefined) return false;
    const count = (this.found.get(chosen.name) ?? 0) + 1;
    this.found.set(chosen.name, count);
    if (count > CYCLES_OF_A_CLASS_MAX) return true;
    this.report({
      name: chosen.name,
      cycle: { ...chosen.cycle, nodes: chosen.cycle.nodes.map((node) => members[node] as number) },
    });
    return true;
  }
}

/**
 * The rw edges that lie on a closed walk without two adjacent rw edges: those inside a component of the graph whose nodes are
 * (node, was the last edge rw). Undefined when there is none.
 */
function apartEdges(part: Graph): ((from: number, to: number) => boolean) | undefined {
  const edges = new EdgeList();
  for (let node = 0; node < part.nodes; node++) {
    const end = part.start[node + 1] as number;
    for (let at = part.start[node] as number; at < end; at++) {
      const to = part.to[at] as number;
      if (part.kind[at] === RW) edges.add(2 * node, 2 * to + 1, WW, 0);
      else {
        edges.add(2 * node, 2 * to, WW, 0);
        edges.add(2 * node + 1, 2 * to, WW, 0);
      }
    }
  }
  const found = components(edges.graph(2 * part.nodes), WW);
  if (found.length === 0) return undefined;
  const component = new Int32Array(2 * part.nodes).fill(-1);
  for (const [id, members] of found.entries()) for (const member of members) component[member] = id;
  return (from, to) => component[2 * from] !== -1 && component[2 * from] === component[2 * to + 1];
}

/** The class of a simple cycle, by its edges (Adya 1999; G-nonadjacent as in Elle). */
export function nameOf({ kinds }: Cycle): AnomalyName {
  const has = (kind: number): boolean => kinds.includes(kind);
  const suffix = has(REALTIME) ? '-realtime' : has(PROCESS) ? '-process' : '';
  return `${classOf(kinds)}${suffix}`;
}

function classOf(kinds: readonly number[]): CycleClass {
  const reads = kinds.filter((kind) => kind === RW).length;
  if (reads === 0) return kinds.includes(WR) ? 'G1c' : 'G0';
  if (reads === 1) return 'G-single';
  return rwApart(kinds) ? 'G-nonadjacent' : 'G2-item';
}

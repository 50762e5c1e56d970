import type { Allowance, Exhausted } from '../budget.js';
import { components, NODE_BYTES, PROCESS, RW, subgraph, WR, WW, type EdgeList, type Graph } from '../graph/edges.js';
import type { RegisterHistory } from './register-history.js';

/** What was found to be impossible, by the name that the papers gave it or the guarantee that it breaks. */
export type PatternName =
  | 'ThinAirRead'
  | 'CyclicCO'
  | 'WriteCOInitRead'
  | 'WriteCORead'
  | 'CyclicCF'
  | 'WriteHBInitRead'
  | 'CyclicHB'
  | 'InitialAfterWrite'
  | 'CyclicOrder'
  | 'NoOrder'
  | 'Diverged'
  | 'StaleRead'
  | 'FutureRead';

/** One arrow: `from` comes before `to`. Numbers are those of a `RegisterHistory`. */
export interface FoundStep {
  readonly from: number;
  readonly to: number;
  readonly type: 'session' | 'reads-from' | 'before';
  readonly says: string;
}

export interface Finding {
  readonly pattern: PatternName;
  readonly says: string;
  /** Operations that the sentence or the steps speak of. */
  readonly involved: readonly number[];
  /** Empty where there is no circle. The last step ends where the first began. */
  readonly steps: readonly FoundStep[];
}

/** Found, or nothing found, or given up. */
export type Search = Finding | Exhausted | undefined;

/** Everything of these kinds that an edge may be. */
export const ANY_EDGE = WW | WR | RW | PROCESS;

/**
 * The shortest circle through two operations that `counts` finds different enough; nodes from `history.size` on are joints
 * that stand for no operation.
 *
 * @param allowance where an edge looked at is a step.
 * @param via what an edge of kind WW or RW is there for, as sentences want it.
 */
export function circle(
  history: RegisterHistory,
  edges: EdgeList,
  nodes: number,
  pattern: PatternName,
  allowance: Allowance,
  via: (kind: number, from: number, to: number, because: number) => string,
  counts: (member: number) => boolean = () => true,
): Search {
  const missing = allowance.take(edges.size + nodes, nodes * NODE_BYTES);
  if (missing !== undefined) return missing;
  const graph = edges.graph(nodes);
  for (const members of components(graph, ANY_EDGE)) {
    const real = members.filter((member) => member < history.size && counts(member));
    if (real.length < 2) continue;
    const part = subgraph(graph, members, ANY_EDGE);
    const isOne = (member: number): boolean => member < history.size && counts(member);
    const walk = shortestThrough(part, members, isOne, allowance);
    if (walk !== undefined) return told(history, pattern, walk, via);
  }
  return edges.truncated ? 'memory' : undefined;
}

interface Walk {
  readonly nodes: readonly number[];
  readonly kinds: readonly number[];
  readonly keys: readonly number[];
}

const STARTS_MAX = 64;

/** A short closed walk through two different ones that count: there and back again, each by a shortest way. */
function shortestThrough(
  part: Graph,
  members: readonly number[],
  counts: (member: number) => boolean,
  allowance: Allowance,
): Walk | undefined {
  let best: Walk | undefined;
  const starts = members.flatMap((member, local) => (counts(member) ? [local] : [])).slice(0, STARTS_MAX);
  for (const start of starts) {
    const there = shortestPath(part, start, (local) => local !== start && counts(members[local] as number));
    const middle = there?.end;
    const back = middle === undefined ? undefined : shortestPath(part, middle, (local) => local === start);
    if (there === undefined || back === undefined) continue;
    const nodes = [...there.nodes, ...back.nodes].map((local) => members[local] as number);
    allowance.spend(part.to.length);
    if (best !== undefined && best.nodes.length <= nodes.length) continue;
    best = { nodes, kinds: [...there.kinds, ...back.kinds], keys: [...there.keys, ...back.keys] };
    if (allowance.out !== undefined) break;
  }
  return best;
}

function shortestPath(
  part: Graph,
  start: number,
  isEnd: (local: number) => boolean,
): (Walk & { end: number }) | undefined {
  const by = new Int32Array(part.nodes).fill(-1);
  const previous = new Int32Array(part.nodes).fill(-1);
  const queue = [start];
  for (let head = 0; head < queue.length; head++) {
    const local = queue[head] as number;
    for (let at = part.start[local] as number; at < (part.start[local + 1] as number); at++) {
      const to = part.to[at] as number;
      if (by[to] !== -1) continue;
      by[to] = at;
      previous[to] = local;
      if (isEnd(to)) return { ...wayTo(part, start, to, by, previous), end: to };
      queue.push(to);
    }
  }
  return undefined;
}

function wayTo(part: Graph, start: number, end: number, by: Int32Array, previous: Int32Array): Walk {
  const walk = { nodes: [] as number[], kinds: [] as number[], keys: [] as number[] };
  for (let local = end; ;) {
    const at = by[local] as number;
    local = previous[local] as number;
    walk.nodes.unshift(local);
    walk.kinds.unshift(part.kind[at] as number);
    walk.keys.unshift(part.key[at] as number);
    if (local === start) return walk;
  }
}

function told(
  history: RegisterHistory,
  pattern: PatternName,
  walk: Walk,
  via: (kind: number, from: number, to: number, because: number) => string,
): Finding {
  const { nodes, kinds, keys } = withoutJoints(history, walk);
  const involved = new Set<number>();
  const steps = nodes.map((from, i): FoundStep => {
    const to = nodes[(i + 1) % nodes.length] as number;
    const kind = kinds[i] as number;
    const because = keys[i] as number;
    involved.add(from);
    if (because >= 0 && because < history.size) involved.add(because);
    if (kind === PROCESS) {
      return {
        from,
        to,
        type: 'session',
        says: `${history.client(from)} did ${history.text(from)} before ${history.text(to)}`,
      };
    }
    if (kind === WR) {
      const then = history.writes[to] === 1 ? ` before it did ${history.text(to)}` : '';
      return { from, to, type: 'reads-from', says: `${history.client(to)} saw ${history.text(from)}${then}` };
    }
    return { from, to, type: 'before', says: via(kind, from, to, because) };
  });
  const first = history.text(nodes[0] as number);
  return {
    pattern,
    says: `${steps.map(({ says }) => says).join('; ')}: so ${first} would come before itself`,
    involved: [...involved],
    steps,
  };
}

/** Steps over joints become one step, with the reason of the last of them. */
function withoutJoints(history: RegisterHistory, { nodes, kinds, keys }: Walk): Walk {
  const turn = nodes.findIndex((node) => node < history.size);
  const kept: { node: number; kind: number; key: number }[] = [];
  for (let n = 0; n < nodes.length; n++) {
    const i = (turn + n) % nodes.length;
    const last = kept.at(-1);
    const node = nodes[i] as number;
    if (node >= history.size && last !== undefined) {
      last.kind = kinds[i] as number;
      last.key = keys[i] as number;
    } else kept.push({ node, kind: kinds[i] as number, key: keys[i] as number });
  }
  return { nodes: kept.map(({ node }) => node), kinds: kept.map(({ kind }) => kind), keys: kept.map(({ key }) => key) };
}

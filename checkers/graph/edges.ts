import type { MemoryBudget } from '../budget.js';

/** Kinds of edges, as bits of a mask. */
export const WW = 1;
export const WR = 2;
export const RW = 4;
export const PROCESS = 8;
export const REALTIME = 16;
/** Follows from what somebody read, and had to see. */
export const INFERRED = 32;

/** No key: edges of the session and of real time have none. */
export const NO_KEY = -1;

// Dependencies first: of parallel edges, the search takes the one that needs the least belief.
const ORDER: readonly number[] = [WW, WR, PROCESS, REALTIME, INFERRED, RW];

/** What an edge takes at the peak: in the list, in the graph made of it, and in the part of that which is searched. */
export const EDGE_BYTES = 40;
/** What a node takes in these, and in the searches for components and for walks. */
export const NODE_BYTES = 64;
const FIRST_ROOM = 64;

/** Edges as they are found, in typed arrays that grow. */
export class EdgeList {
  private from = new Int32Array(0);
  private to = new Int32Array(0);
  private kind = new Uint8Array(0);
  private key = new Int32Array(0);
  size = 0;
  /** Edges found no room: what was found stands, what was not found may still be there. */
  truncated = false;

  /** @param memory what the list may grow into; without it the caller has counted that. */
  constructor(private readonly memory?: MemoryBudget) {}

  add(from: number, to: number, kind: number, key: number): void {
    if (from === to) return;
    if (this.size === this.from.length && !this.grow()) {
      this.truncated = true;
      return;
    }
    const i = this.size++;
    this.from[i] = from;
    this.to[i] = to;
    this.kind[i] = kind;
    this.key[i] = key;
  }

  /** To twice the room, or as far as the memory goes. */
  private grow(): boolean {
    const wanted = Math.max(FIRST_ROOM, this.size);
    const more = Math.min(wanted, Math.floor((this.memory?.freeBytes ?? Infinity) / EDGE_BYTES));
    if (more < 1) return false;
    const room = this.size + more;
    this.memory?.take(more * EDGE_BYTES);
    this.from = filled(this.from, new Int32Array(room));
    this.to = filled(this.to, new Int32Array(room));
    this.kind = filled(this.kind, new Uint8Array(room));
    this.key = filled(this.key, new Int32Array(room));
    return true;
  }

  /** Gives back what it took. The list, and graphs made of it, are not to be used any more. */
  release(): void {
    this.memory?.give(this.from.length * EDGE_BYTES);
  }

  /** Sorted by where they begin, then by kind. */
  graph(nodes: number): Graph {
    const start = new Int32Array(nodes + 1);
    for (let i = 0; i < this.size; i++) start[(this.from[i] as number) + 1]!++;
    for (let n = 0; n < nodes; n++) start[n + 1]! += start[n] as number;
    const to = new Int32Array(this.size);
    const kind = new Uint8Array(this.size);
    const key = new Int32Array(this.size);
    const next = start.slice(0, nodes);
    for (const wanted of ORDER) {
      for (let i = 0; i < this.size; i++) {
        if (this.kind[i] !== wanted) continue;
        const at = next[this.from[i] as number]!++;
        to[at] = this.to[i] as number;
        kind[at] = wanted;
        key[at] = this.key[i] as number;
      }
    }
    return { nodes, start, to, kind, key };
  }
}

function filled<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Edges of node n are those from `start[n]` up to `start[n + 1]`. */
export interface Graph {
  readonly nodes: number;
  readonly start: Int32Array;
  readonly to: Int32Array;
  readonly kind: Uint8Array;
  readonly key: Int32Array;
}

/**
 * The strongly connected components of more than one node (Tarjan, 1972), each in rising order of its nodes, in the order of
 * their first ones. Only edges of the kinds in `mask` count.
 */
export function components(graph: Graph, mask: number): number[][] {
  const { nodes, start, to, kind } = graph;
  const order = new Int32Array(nodes).fill(-1);
  const low = new Int32Array(nodes);
  const done = new Uint8Array(nodes);
  const cursor = start.slice(0, nodes);
  const path: number[] = [];
  const stack: number[] = [];
  const found: number[][] = [];
  let counter = 0;
  for (let root = 0; root < nodes; root++) {
    if (order[root] !== -1) continue;
    path.push(root);
    while (path.length > 0) {
      const node = path[path.length - 1] as number;
      if (order[node] === -1) {
        order[node] = low[node] = counter++;
        stack.push(node);
      }
      const end = start[node + 1] as number;
      let at = cursor[node] as number;
      let deeper = false;
      for (; at < end; at++) {
        if (((kind[at] as number) & mask) === 0) continue;
        const next = to[at] as number;
        if (order[next] === -1) {
          path.push(next);
          deeper = true;
          break;
        }
        // The edge on which the search came back is looked at again, and takes over what was found below it.
        if (done[next] === 0 && (low[next] as number) < (low[node] as number)) low[node] = low[next] as number;
      }
      cursor[node] = at;
      if (deeper) continue;
      path.pop();
      if (low[node] !== order[node]) continue;
      const members: number[] = [];
      for (let member = -1; member !== node;) {
        member = stack.pop() as number;
        done[member] = 1;
        members.push(member);
      }
      if (members.length > 1) found.push(members.sort((a, b) => a - b));
    }
  }
  return found.sort((a, b) => (a[0] as number) - (b[0] as number));
}

/** The part of a graph between these nodes (rising), which are renumbered from 0, and edges of the kinds in `mask`. */
export function subgraph(graph: Graph, members: readonly number[], mask: number): Graph {
  const local = new Map(members.map((node, i) => [node, i]));
  const start = new Int32Array(members.length + 1);
  const to: number[] = [];
  const kind: number[] = [];
  const key: number[] = [];
  for (const [i, node] of members.entries()) {
    const end = graph.start[node + 1] as number;
    for (let at = graph.start[node] as number; at < end; at++) {
      if (((graph.kind[at] as number) & mask) === 0) continue;
      const target = local.get(graph.to[at] as number);
      if (target === undefined) continue;
      to.push(target);
      kind.push(graph.kind[at] as number);
      key.push(graph.key[at] as number);
    }
    start[i + 1] = to.length;
  }
  return {
    nodes: members.length,
    start,
    to: Int32Array.from(to),
    kind: Uint8Array.from(kind),
    key: Int32Array.from(key),
  };
}

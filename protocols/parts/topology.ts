import type { NodeId } from '../../engine/index.js';

/** Graphs that a protocol may run on. Each is connected, and every edge can be used both ways. */
export const TOPOLOGIES = ['ring', 'line', 'star', 'grid', 'tree', 'random', 'complete'] as const;
export type TopologyName = (typeof TOPOLOGIES)[number];

export interface Topology {
  readonly kind: TopologyName;
  /** Of `random`: how many edges are drawn beside the n − 1 of a random tree; those that exist already count too. */
  readonly extraEdges?: number;
  /** Of `random`: which graph. It is configuration, not chance: every node works out the same one. */
  readonly graph?: number;
}

/** The neighbours of each of n nodes, by index, rising. */
export type Adjacency = readonly (readonly number[])[];

/**
 * @param n how many nodes, 1 or more. A `grid` is as square as may be, its last row filled from the left; a `tree` is the
 *   complete binary one in the order of levels; a `star` has its centre at 0.
 */
export function adjacencyOf(topology: Topology, n: number): Adjacency {
  const name = `${topology.kind} ${topology.extraEdges} ${topology.graph} ${n}`;
  if (latest.name !== name) latest = { name, adjacency: connect(topology, n) };
  return latest.adjacency;
}

/** Every node works out the same graph: it is worked out once. */
let latest: { readonly name: string; readonly adjacency: Adjacency } = { name: '', adjacency: [] };

function connect(topology: Topology, n: number): Adjacency {
  const edges = edgesOf(topology, n);
  const neighbours = Array.from({ length: n }, () => new Set<number>());
  for (const [a, b] of edges) {
    if (a === b) continue; // A ring of one.
    neighbours[a]!.add(b);
    neighbours[b]!.add(a);
  }
  return neighbours.map((set) => [...set].sort((a, b) => a - b));
}

function edgesOf(topology: Topology, n: number): (readonly [number, number])[] {
  const others = Array.from({ length: n - 1 }, (_, i) => i + 1);
  switch (topology.kind) {
    case 'ring':
      return [...others.map((i) => [i - 1, i] as const), [n - 1, 0]];
    case 'line':
      return others.map((i) => [i - 1, i] as const);
    case 'star':
      return others.map((i) => [0, i] as const);
    case 'tree':
      return others.map((i) => [Math.floor((i - 1) / 2), i] as const);
    case 'complete':
      return others.flatMap((i) => Array.from({ length: i }, (_, j) => [j, i] as const));
    case 'grid':
      return gridEdges(n, Math.ceil(Math.sqrt(n)));
    case 'random':
      return randomEdges(n, topology.extraEdges ?? 0, topology.graph ?? 0);
  }
}

function gridEdges(n: number, columns: number): (readonly [number, number])[] {
  const edges: (readonly [number, number])[] = [];
  for (let i = 1; i < n; i++) {
    if (i % columns !== 0) edges.push([i - 1, i]);
    if (i >= columns) edges.push([i - columns, i]);
  }
  return edges;
}

function randomEdges(n: number, extraEdges: number, graph: number): (readonly [number, number])[] {
  const edges: (readonly [number, number])[] = [];
  for (let i = 1; i < n; i++) edges.push([scramble(graph, i) % i, i]);
  for (let k = 0; k < extraEdges; k++) edges.push([scramble(graph, n + 2 * k) % n, scramble(graph, n + 2 * k + 1) % n]);
  return edges;
}

/** Two integers to one of 32 bits that looks like any other: the finaliser of MurmurHash3 (Appleby), applied twice. */
function scramble(a: number, b: number): number {
  return finalise(finalise(a + 0x9e3779b9) ^ b);
}

function finalise(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The longest of all shortest ways, in edges. By a breadth-first search from every node: O(n · edges), the first time. */
export function diameterOf(adjacency: Adjacency): number {
  const known = diameters.get(adjacency);
  if (known !== undefined) return known;
  let longest = 0;
  for (let start = 0; start < adjacency.length; start++) longest = Math.max(longest, eccentricity(adjacency, start));
  diameters.set(adjacency, longest);
  return longest;
}

const diameters = new WeakMap<Adjacency, number>();

function eccentricity(adjacency: Adjacency, start: number): number {
  const distance = new Array<number>(adjacency.length).fill(-1);
  distance[start] = 0;
  const reached = [start];
  // What is added on the way is walked too: the last one reached is the farthest.
  for (const at of reached) {
    for (const next of adjacency[at]!) {
      if (distance[next]! >= 0) continue;
      distance[next] = distance[at]! + 1;
      reached.push(next);
    }
  }
  return distance[reached.at(-1)!]!;
}

/** How many messages one round takes in which everybody tells all neighbours. */
export function directedEdges(adjacency: Adjacency): number {
  return adjacency.reduce((sum, neighbours) => sum + neighbours.length, 0);
}

/** The neighbour to whom messages go on a ring in one direction: the next member, and after the last the first. */
export function successor(members: readonly NodeId[], id: NodeId): NodeId {
  return members[(members.indexOf(id) + 1) % members.length]!;
}

import { mix32 } from './hash.js';

/** Children of each inner node. */
export const FAN_OUT = 8;
const GOLDEN = 0x9e3779b9;
const POSITIONS = 4_294_967_296;

/**
 * A hash tree over a set of items (Merkle, CRYPTO 1987): two replicas compare roots, then the children of what differs, and
 * so find the few leaves that differ without telling each other the rest. Level 0 is the root; what is empty is left out,
 * and has the hash 0.
 */
export interface MerkleTree {
  readonly levels: readonly ReadonlyMap<number, number>[];
}

/** The hash of one node of a tree, told to somebody else. */
export type NodeHash = readonly [index: number, hash: number];

/** The leaf at this depth in which an item at this position (0 to 2^32 − 1) lies. */
export function leafAt(position: number, depth: number): number {
  let leaves = 1;
  for (let level = 0; level < depth; level++) leaves *= FAN_OUT;
  return Math.floor((position / POSITIONS) * leaves);
}

/** @param items position and hash of each; their order does not matter. */
export function merkleTree(items: Iterable<readonly [position: number, hash: number]>, depth: number): MerkleTree {
  let level = new Map<number, number>();
  for (const [position, hash] of items) add(level, leafAt(position, depth), hash);
  const levels = [level];
  for (let i = 0; i < depth; i++) {
    const parents = new Map<number, number>();
    for (const [index, hash] of level)
      add(parents, Math.floor(index / FAN_OUT), mix32(hash + Math.imul(index, GOLDEN)));
    levels.unshift(parents);
    level = parents;
  }
  return { levels };
}

function add(level: Map<number, number>, index: number, hash: number): void {
  level.set(index, ((level.get(index) ?? 0) + hash) >>> 0);
}

export function hashOf({ levels }: MerkleTree, level: number, index: number): number {
  return levels[level]?.get(index) ?? 0;
}

/** Which of the nodes of this level that the other side tells of are not the same here. */
export function differing(tree: MerkleTree, level: number, told: readonly NodeHash[]): number[] {
  return told.filter(([index, hash]) => hashOf(tree, level, index) !== hash).map(([index]) => index);
}

/** The children of these nodes of the level above `level`, with their hashes. */
export function childrenOf(tree: MerkleTree, level: number, parents: readonly number[]): NodeHash[] {
  return parents.flatMap((parent) =>
    Array.from({ length: FAN_OUT }, (_, i): NodeHash => {
      const index = parent * FAN_OUT + i;
      return [index, hashOf(tree, level, index)];
    }),
  );
}

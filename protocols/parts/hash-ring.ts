import type { NodeId } from '../../engine/index.js';
import { hash32 } from './hash.js';

/** Positions on a ring are whole numbers from 0 to RING_SIZE − 1; after the last comes the first. */
export const RING_SIZE = 4_294_967_296;

/**
 * Consistent hashing (Karger et al., STOC 1997) with virtual nodes: every node has many places on a ring, and a key belongs
 * to the first place at or after its own. Plain data, so that it may stand in a node's state.
 */
export interface HashRing {
  /** Rising. */
  readonly tokens: readonly number[];
  /** Whose place each is. */
  readonly owners: readonly NodeId[];
}

/** @param virtualNodes places of each member, 1 or more; a member's places depend on nobody else. */
export function hashRing(members: readonly NodeId[], virtualNodes: number): HashRing {
  const places = members.flatMap((owner) =>
    Array.from({ length: virtualNodes }, (_, i) => ({ token: hash32(`${owner}#${i}`), owner })),
  );
  places.sort((a, b) => a.token - b.token || (a.owner < b.owner ? -1 : 1));
  return { tokens: places.map(({ token }) => token), owners: places.map(({ owner }) => owner) };
}

/** Where a key lies. */
export function positionOf(key: string): number {
  return hash32(key);
}

/** The first `count` different nodes clockwise from a position; fewer when there are no more. */
export function nodesFrom({ tokens, owners }: HashRing, position: number, count: number): NodeId[] {
  const found: NodeId[] = [];
  const first = firstPlaceFrom(tokens, position);
  for (let i = 0; i < tokens.length && found.length < count; i++) {
    const owner = owners[(first + i) % tokens.length]!;
    if (!found.includes(owner)) found.push(owner);
  }
  return found;
}

/** The index of the first place at or after a position, around the end if need be. */
function firstPlaceFrom(tokens: readonly number[], position: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (tokens[middle]! < position) low = middle + 1;
    else high = middle;
  }
  return low === tokens.length ? 0 : low;
}

/** Which share of the ring, from 0 to 1, belongs to each node. */
export function sharesOf({ tokens, owners }: HashRing): Map<NodeId, number> {
  const shares = new Map<NodeId, number>();
  for (const [i, token] of tokens.entries()) {
    const before = i === 0 ? tokens.at(-1)! - RING_SIZE : tokens[i - 1]!;
    shares.set(owners[i]!, (shares.get(owners[i]!) ?? 0) + (token - before) / RING_SIZE);
  }
  return shares;
}

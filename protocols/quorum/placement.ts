import { hashRing, nodesFrom, positionOf, type HashRing } from '../parts/hash-ring.js';
import type { NodeId } from '../../engine/index.js';
import type { Membership, QuorumNode } from './shape.js';

/** Dynamo, 4.3: the N nodes that keep a key, and after them those that stand in when some are down, clockwise. */
export function preferenceList({ volatile, durable }: Pick<QuorumNode, 'volatile' | 'durable'>, key: string): NodeId[] {
  return nodesFrom(volatile.ring, positionOf(key), durable.membership?.members.length ?? 0);
}

export function ownersOf(node: Pick<QuorumNode, 'volatile' | 'durable' | 'options'>, key: string): NodeId[] {
  return nodesFrom(node.volatile.ring, positionOf(key), node.options.n);
}

export function ringOf({ members }: Membership, virtualNodes: number): HashRing {
  return hashRing(members, virtualNodes);
}

/** Who has not answered lately is passed over, as if it were down. */
export function isSuspect(node: QuorumNode, other: NodeId): boolean {
  const until = node.volatile.suspects.get(other);
  return until !== undefined && node.monotonic() < until;
}

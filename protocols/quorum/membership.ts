import type { MessageOfType, NodeId } from '../../engine/index.js';
import { giveAway } from './replica.js';
import { ringOf } from './placement.js';
import type { Membership, Quorum, QuorumNode } from './shape.js';

/**
 * Dynamo, 4.8.1: an administrator tells any node who joins or leaves; nodes tell each other.
 *
 * Deviation: a numbered list of members instead of a history of changes that are merged. Two changes at two nodes at the
 * same time are one too many; one administrator at a time does not do that.
 */
export function changeMembers(node: QuorumNode, change: (members: readonly NodeId[]) => NodeId[]): void {
  const { number, members } = node.durable.membership!;
  const changed = change(members);
  if (changed.length === members.length || changed.length === 0) return;
  adopt(node, { number: number + 1, members: changed });
  node.broadcast({ type: 'Members', membership: node.durable.membership! });
}

function adopt(node: QuorumNode, membership: Membership): void {
  node.durable.membership = { number: membership.number, members: [...membership.members] };
  node.volatile.ring = ringOf(membership, node.options.virtualNodes);
  node.mark('ring-changed', { members: membership.members.length });
  giveAway(node);
}

export function tellMembers(node: QuorumNode, to: NodeId): void {
  node.send(to, { type: 'Members', membership: node.durable.membership! });
}

export function onMembers(node: QuorumNode, { membership }: MessageOfType<Quorum, 'Members'>, from: NodeId): void {
  const { number } = node.durable.membership!;
  if (membership.number > number) adopt(node, membership);
  else if (membership.number < number) tellMembers(node, from);
}

import { ms, type NodeId } from '../../engine/index.js';
import { sayEpoch } from './discovery.js';
import { lookForLeader, notify } from './election.js';
import { quorum, type Phase, type ZabNode } from './shape.js';

// Who notices that a leader, or a quorum, is gone. ZooKeeper counts time in ticks.

/** Is this from the leader that the node follows, and in one of these phases? If so, it was heard. */
export function hearsLeader(node: ZabNode, from: NodeId, phases: readonly Phase[]): boolean {
  const { volatile } = node;
  if (volatile.leader !== from || !phases.includes(volatile.phase)) return false;
  volatile.heardAt = node.monotonic();
  return true;
}

export function onTick(node: ZabNode): void {
  const { state } = node.volatile;
  const given = state === 'leading' ? leaderGivesUp(node) : followerGivesUp(node);
  if (given !== null) {
    node.mark(given);
    return lookForLeader(node);
  }
  node.setTimer('tick', ms(node.options.tickMs));
}

function ticksSince(node: ZabNode, at: number): number {
  return (node.monotonic() - at) / ms(node.options.tickMs);
}

function followerGivesUp(node: ZabNode): string | null {
  const { volatile, options } = node;
  const limit = volatile.phase === 'broadcast' ? options.syncLimit : options.initLimit;
  return ticksSince(node, volatile.heardAt) > limit ? 'lost-leader' : null;
}

/** Step ℓ: a leader without a quorum of followers goes back to looking for one. */
function leaderGivesUp(node: ZabNode): string | null {
  const { volatile, options } = node;
  if (volatile.phase !== 'broadcast') return ticksSince(node, volatile.since) > options.initLimit ? 'no-quorum' : null;
  let count = 1;
  for (const [follower, { acknowledged, heardAt }] of volatile.learners) {
    if (follower === node.id) continue;
    if (acknowledged && ticksSince(node, heardAt) <= options.syncLimit) count += 1;
    node.send(follower, { type: 'PING' });
  }
  return count < quorum(node) ? 'lost-quorum' : null;
}

export function onPing(node: ZabNode, from: NodeId): void {
  const { volatile } = node;
  const learner = volatile.learners.get(from);
  if (learner !== undefined) learner.heardAt = node.monotonic();
  else if (hearsLeader(node, from, ['synchronization', 'broadcast'])) node.send(from, { type: 'PING' });
}

/** The engine's connections join two nodes whatever they say to each other, so a new one is not always a new leader. */
export function onReset(node: ZabNode, peer: NodeId): void {
  const { volatile } = node;
  volatile.early.delete(peer);
  volatile.outofelection.delete(peer);
  if (volatile.state === 'leading') volatile.learners.delete(peer);
  if (volatile.state !== 'following' || volatile.leader !== peer) return;
  node.mark('lost-leader');
  lookForLeader(node);
}

export function onOpen(node: ZabNode, peer: NodeId): void {
  const { state, phase, leader } = node.volatile;
  if (state === 'looking') notify(node, peer);
  else if (leader === peer && phase === 'discovery') sayEpoch(node);
}

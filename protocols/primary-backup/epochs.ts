import type { NodeId } from '../../engine/index.js';
import { armElectionTimer } from '../parts/election-timer.js';
import type { PrimaryBackupNode } from './shape.js';

/** Which nodes hold data; the others only vote. */
export function isData(node: Pick<PrimaryBackupNode, 'options'>, id: NodeId): boolean {
  return !node.options.witnesses.includes(id);
}

export function dataPeers(node: PrimaryBackupNode): NodeId[] {
  return node.peers.filter((peer) => isData(node, peer));
}

/** The epoch under which this node speaks as primary. */
export function ownEpoch(node: PrimaryBackupNode): number {
  return node.options.fencing === 'none' ? node.durable.replica.epoch : node.durable.vote.epoch;
}

/**
 * Fencing: what comes from an older epoch is refused, and its sender told; a newer one makes a primary or candidate give way.
 *
 * @returns true where the message may be acted on.
 */
export function acceptsEpoch(node: PrimaryBackupNode, epoch: number, from: NodeId): boolean {
  if (node.options.fencing === 'none') return true;
  const known = node.durable.vote.epoch;
  if (epoch < known) {
    node.mark('refused-epoch', { epoch, known });
    node.send(from, { type: 'Refuse', epoch: known });
    return false;
  }
  if (epoch > known) adoptEpoch(node, epoch);
  return true;
}

export function adoptEpoch(node: PrimaryBackupNode, epoch: number): void {
  node.durable.vote = { epoch, votedFor: null };
  node.volatile.early = new Map();
  if (node.volatile.role === 'primary' || node.volatile.role === 'candidate') giveWay(node);
}

/** A primary or candidate becomes a backup. Who waits for a write stays without an answer: it may be in what the next one has. */
export function giveWay(node: PrimaryBackupNode): void {
  const { volatile, options } = node;
  node.mark('gave-way', { from: volatile.role });
  for (const { ref, isRead } of volatile.waiting) if (isRead) node.redirect(ref, null);
  volatile.role = 'backup';
  volatile.primary = null;
  volatile.grants = [];
  volatile.found = null;
  volatile.proposed = null;
  volatile.waiting = [];
  volatile.updates = new Map();
  volatile.joining = new Map();
  volatile.progress = new Map();
  node.cancelTimer('heartbeat');
  node.cancelTimer('copy');
  if (options.failover === 'automatic') armElectionTimer(node);
}

/** The primary speaks. Of two in one epoch, which fencing by witnesses rules out, neither listens to the other. */
export function followPrimary(node: PrimaryBackupNode, epoch: number, from: NodeId): boolean {
  if (!node.bug('ignores-epochs') && !acceptsEpoch(node, epoch, from)) return false;
  const { volatile } = node;
  if (volatile.role === 'primary') return node.bug('ignores-epochs');
  if (volatile.role === 'candidate') giveWay(node);
  const now = node.monotonic();
  volatile.primary = from;
  volatile.letsPass = 0;
  volatile.heardPrimaryAt = now;
  volatile.timerResetAt = now;
  return true;
}

import { ms, type MessageOfType, type NodeId, type Request } from '../../engine/index.js';
import { configuration, isVoter, mayStand } from './configuration.js';
import { observeTerm, startElection } from './election.js';
import { lastLogIndex } from './log.js';
import { replicateTo } from './replication.js';
import type { PendingTransfer, Raft, RaftNode } from './shape.js';

/** Thesis, 3.10: the leader stops taking requests, brings the target up to date, and tells it to stand at once. */
export function onTransferLeadership(node: RaftNode, { ref, args }: Request<Raft, 'transferLeadership'>): void {
  const { volatile } = node;
  if (volatile.role !== 'leader') return node.redirect(ref, volatile.leader);
  const to = args.to as NodeId;
  if (to === node.id) return node.reply(ref, true);
  if (volatile.transfer !== null) return joinTransfer(node, ref, to);
  if (!isVoter(configuration(node), to)) return node.fail(ref, `${to} is no voter`);
  node.mark('began-transfer', { to });
  volatile.transfer = { ref, to, beganAt: node.monotonic(), told: false };
  replicateTo(node, to);
  continueTransfer(node);
}

/** Who asks again for what is under way is answered with it. */
function joinTransfer(node: RaftNode, ref: PendingTransfer['ref'], to: NodeId): void {
  const { transfer } = node.volatile;
  if (transfer?.to === to) transfer.ref = ref;
  else node.fail(ref, 'another transfer is under way');
}

/** Tells the target, once its log equals this leader's. */
export function continueTransfer(node: RaftNode): void {
  const { durable, volatile } = node;
  const { transfer } = volatile;
  if (transfer === null || transfer.told || volatile.role !== 'leader') return;
  if ((volatile.progress[transfer.to]?.matchIndex ?? 0) < lastLogIndex(durable)) return;
  transfer.told = true;
  // Thesis, 6.4.1: voters may now break the promise on which the lease rests. A TimeoutNow may be late, so for this whole term.
  volatile.leaseGivenUp = true;
  node.send(transfer.to, { type: 'TimeoutNow', term: durable.currentTerm });
}

/** Thesis, 3.10: a transfer that takes longer than an election time-out is given up, and requests are taken again. */
export function giveUpStalledTransfer(node: RaftNode): void {
  const { volatile, options } = node;
  const { transfer } = volatile;
  if (transfer === null || node.monotonic() - transfer.beganAt < ms(options.electionTimeoutMsMax)) return;
  node.mark('gave-up-transfer', { to: transfer.to });
  volatile.transfer = null;
  node.reply(transfer.ref, false);
}

/** Somebody leads after this node has stepped down, perhaps itself: that is the transfer's outcome. */
export function endTransfer(node: RaftNode, leader: NodeId): void {
  const { volatile } = node;
  const { transfer } = volatile;
  if (transfer === null) return;
  volatile.transfer = null;
  node.reply(transfer.ref, leader === transfer.to);
}

/** Thesis, 3.10: as if the election timer had run out. No pre-vote: the leader itself wants to be deposed. */
export function onTimeoutNow(node: RaftNode, { term }: MessageOfType<Raft, 'TimeoutNow'>): void {
  const { durable, volatile } = node;
  observeTerm(node, term);
  if (term !== durable.currentTerm || volatile.role === 'leader' || !mayStand(node)) return;
  node.mark('told-to-stand', { term });
  startElection(node, { mayDepose: true });
}

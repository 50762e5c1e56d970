import { ms, type MessageOfType, type NodeId } from '../../engine/index.js';
import { follow, lead } from './discovery.js';
import { lastZxid } from './history.js';
import { quorum, type Vote, type Zab, type ZabNode } from './shape.js';
import { compareZxids, copyZxid } from './zxid.js';

// Fast leader election, as ZooKeeper has it (FastLeaderElection, lookForLeader). The paper only asks for some oracle. No promise
// rests on it but progress: whom it names still has to be accepted by a quorum, in discovery.

/** Leaves whatever leader there was, and begins a new round. */
export function lookForLeader(node: ZabNode): void {
  const { volatile, options } = node;
  volatile.state = 'looking';
  volatile.phase = 'election';
  volatile.session += 1;
  volatile.leader = null;
  volatile.acknowledged = false;
  volatile.epoch = 0;
  volatile.learners = new Map();
  volatile.promised = new Map();
  volatile.proposals = new Map();
  // Nobody can tell what becomes of these: their clients stay without an answer, and ask again.
  volatile.waiting = new Map();
  volatile.syncing = new Map();
  volatile.logicalclock += 1;
  volatile.notificationMs = options.notificationMs;
  volatile.recvset = new Map();
  volatile.outofelection = new Map();
  node.cancelTimer('tick');
  node.mark('looking', { round: volatile.logicalclock });
  propose(node, ownVote(node));
  decide(node);
}

function ownVote({ id, durable }: ZabNode): Vote {
  return { leader: id, peerEpoch: durable.currentEpoch, zxid: copyZxid(lastZxid(durable.history)) };
}

/** totalOrderPredicate: the higher epoch, then the higher zxid, then the higher server. */
function isBetter(node: ZabNode, a: Vote, b: Vote): boolean {
  if (a.peerEpoch !== b.peerEpoch) return a.peerEpoch > b.peerEpoch;
  const zxids = compareZxids(a.zxid, b.zxid);
  return zxids !== 0 ? zxids > 0 : node.members.indexOf(a.leader) > node.members.indexOf(b.leader);
}

function sameVote(a: Vote, b: Vote): boolean {
  return a.leader === b.leader && a.peerEpoch === b.peerEpoch && compareZxids(a.zxid, b.zxid) === 0;
}

/** updateProposal, sendNotifications. */
function propose(node: ZabNode, vote: Vote): void {
  const { volatile } = node;
  volatile.vote = vote;
  volatile.recvset.set(node.id, vote);
  volatile.finalizing = false;
  node.cancelTimer('finalize');
  for (const peer of node.peers) notify(node, peer);
  node.setTimer('notification', ms(volatile.notificationMs));
}

export function notify(node: ZabNode, to: NodeId): void {
  const { state, vote, logicalclock } = node.volatile;
  if (vote !== null) node.send(to, { type: 'Notification', vote, electionEpoch: logicalclock, state });
}

/** Nobody was convincing: says it again, and waits longer. */
export function onNotificationTimer(node: ZabNode): void {
  const { volatile, options } = node;
  for (const peer of node.peers) notify(node, peer);
  volatile.notificationMs = Math.min(2 * volatile.notificationMs, options.notificationMsMax);
  node.setTimer('notification', ms(volatile.notificationMs));
}

export function onNotification(node: ZabNode, message: MessageOfType<Zab, 'Notification'>, from: NodeId): void {
  const { volatile } = node;
  if (message.state === 'looking') onLooking(node, message.vote, from);
  if (volatile.state !== 'looking') {
    // Who looks for a leader is told of the one that there is.
    if (message.state === 'looking') notify(node, from);
  } else if (message.state === 'looking') {
    countLooking(node, message, from);
  } else {
    countSettled(node, message, from);
  }
}

/** In place of a connection that is closed: who looks for a leader follows none, and leads nobody. */
function onLooking(node: ZabNode, vote: Vote, from: NodeId): void {
  const { volatile } = node;
  volatile.early.delete(from);
  if (volatile.state === 'leading') volatile.learners.delete(from);
  if (volatile.state !== 'following' || volatile.leader !== from) return;
  // While it makes up its mind it still looks for a leader; but not if it votes for somebody else.
  if (volatile.phase !== 'discovery' || vote.leader !== from) lookForLeader(node);
}

function countLooking(node: ZabNode, message: MessageOfType<Zab, 'Notification'>, from: NodeId): void {
  const { volatile } = node;
  const { vote, electionEpoch } = message;
  volatile.outofelection.delete(from);
  if (electionEpoch < volatile.logicalclock) return notify(node, from);
  if (electionEpoch > volatile.logicalclock) {
    volatile.logicalclock = electionEpoch;
    volatile.recvset = new Map();
    const own = ownVote(node);
    propose(node, isBetter(node, vote, own) ? vote : own);
  } else if (volatile.vote === null || isBetter(node, vote, volatile.vote)) {
    propose(node, vote);
  }
  volatile.recvset.set(from, vote);
  decide(node);
}

function countSettled(node: ZabNode, message: MessageOfType<Zab, 'Notification'>, from: NodeId): void {
  const { volatile } = node;
  const { vote, electionEpoch, state } = message;
  if (electionEpoch === volatile.logicalclock) volatile.recvset.set(from, vote);
  volatile.outofelection.set(from, { leader: vote.leader, state });
  if (vote.leader !== node.id && isLedBy(node, vote.leader)) settle(node, vote);
  else decide(node);
}

/**
 * A quorum follows it, and it says itself that it leads (checkLeader).
 * Deviation: these are told apart by the leader alone, and not by its epoch too. A wrong guess costs time and nothing else.
 */
function isLedBy({ volatile, members }: ZabNode, leader: NodeId): boolean {
  if (volatile.outofelection.get(leader)?.state !== 'leading') return false;
  let count = 0;
  for (const member of members) {
    const settled = volatile.outofelection.get(member);
    if (settled === undefined ? volatile.recvset.get(member)?.leader === leader : settled.leader === leader) count += 1;
  }
  return count >= quorum({ members });
}

/** Once a quorum votes as this node does, it waits a little for a better vote (finalizeWait). */
function decide(node: ZabNode): void {
  const { volatile, options } = node;
  const { vote, recvset } = volatile;
  if (volatile.state !== 'looking' || vote === null) return;
  let count = 0;
  for (const other of recvset.values()) if (sameVote(other, vote)) count += 1;
  const enough = count >= quorum(node);
  if (enough === volatile.finalizing) return;
  volatile.finalizing = enough;
  if (enough) node.setTimer('finalize', ms(options.finalizeWaitMs));
  else node.cancelTimer('finalize');
}

export function onFinalizeTimer(node: ZabNode): void {
  const { state, vote } = node.volatile;
  if (state === 'looking' && vote !== null) settle(node, vote);
}

function settle(node: ZabNode, vote: Vote): void {
  const { volatile } = node;
  volatile.vote = vote;
  volatile.finalizing = false;
  volatile.session += 1;
  node.cancelTimer('finalize');
  node.cancelTimer('notification');
  if (vote.leader === node.id) lead(node);
  else follow(node, vote.leader);
  node.setTimer('tick', ms(node.options.tickMs));
}

import type { DeepReadonly, MessageOfType, NodeId } from '../../engine/index.js';
import { accept, commitAcknowledged, countAck, sayCommitLeader } from './broadcast.js';
import { deliverUpTo, restore } from './delivery.js';
import { lookForLeader } from './election.js';
import { copyHistory, indexUpTo, lastIndex, lastZxid, txnsAfter, zxidAt, type History } from './history.js';
import { hearsLeader } from './liveness.js';
import {
  quorum,
  whenSynced,
  type AckEpoch,
  type Learner,
  type Phase,
  type Token,
  type Zab,
  type ZabNode,
} from './shape.js';
import { compareZxids, copyZxid, showZxid, type Zxid } from './zxid.js';

// Phase 2 of [zab], and how ZooKeeper saves sending whole histories.

const SYNCHRONIZING: readonly Phase[] = ['synchronization'];

/** f.a first, then the zxid of the last transaction. */
function isMoreRecent(a: AckEpoch, b: AckEpoch): boolean {
  return a.currentEpoch !== b.currentEpoch ? a.currentEpoch > b.currentEpoch : compareZxids(a.lastZxid, b.lastZxid) > 0;
}

/** Step ℓ.1.2, the choice of I_e′; then step ℓ.2.1. */
export function beginSynchronization(node: ZabNode): void {
  const { volatile, options } = node;
  const { promised, learners } = volatile;
  let best = promised.get(node.id) ?? null;
  for (const one of promised.values()) if (best === null || isMoreRecent(one, best)) best = one;
  if (best !== null && best !== promised.get(node.id)) {
    if (options.synchronization === 'zookeeper') {
      // Its election was to make sure of it: somebody has gone on since.
      node.mark('not-most-recent');
      return lookForLeader(node);
    }
    node.mark('adopted-history', { to: showZxid(best.lastZxid) });
    if (best.history !== null) installHistory(node, best.history);
  }
  volatile.promised = new Map();
  volatile.phase = 'synchronization';
  for (const [follower, learner] of learners) {
    if (learner.ackEpoch !== null) sendNewLeader(node, follower, learner);
  }
}

/** Step ℓ.2.1: NEWLEADER(e′, I_e′); to late followers with what was proposed since. */
export function sendNewLeader(node: ZabNode, to: NodeId, learner: Learner): void {
  const { volatile, durable, options } = node;
  const { ackEpoch } = learner;
  if (ackEpoch === null || learner.newLeaderSent) return;
  learner.newLeaderSent = true;
  if (to === node.id) return acceptNewLeader(node, volatile.epoch, null);
  const byPaper = options.synchronization === 'paper';
  if (!byPaper) bringUpToDate(node, to, ackEpoch.lastZxid);
  node.send(to, { type: 'NEWLEADER', epoch: volatile.epoch, history: byPaper ? durable.history : null });
  // What it has told is not needed any more.
  learner.ackEpoch = { ...ackEpoch, history: null };
}

/** ZooKeeper (LearnerHandler, syncFollower): what the follower lacks, or has too much, or the whole state. */
function bringUpToDate(node: ZabNode, to: NodeId, theirs: Zxid): void {
  const { history } = node.durable;
  const common = Math.max(indexUpTo(history, theirs), history.snapshot?.index ?? 0);
  const zxid = zxidAt(history, common);
  if (zxid === undefined || compareZxids(zxid, theirs) > 0) {
    node.mark('sent-snap', { to });
    return node.send(to, { type: 'SNAP', history });
  }
  if (compareZxids(zxid, theirs) < 0) {
    node.mark('sent-trunc', { to, zxid: showZxid(zxid) });
    node.send(to, { type: 'TRUNC', zxid });
  }
  const txns = txnsAfter(history, common);
  if (txns.length === 0) return;
  node.mark('sent-diff', { to, txns: txns.length });
  node.send(to, { type: 'DIFF', txns });
}

export function onDiff(node: ZabNode, { txns }: MessageOfType<Zab, 'DIFF'>, from: NodeId): void {
  if (!hearsLeader(node, from, SYNCHRONIZING)) return;
  for (const txn of txns) accept(node.durable.history, txn);
}

export function onTrunc(node: ZabNode, { zxid }: MessageOfType<Zab, 'TRUNC'>, from: NodeId): void {
  if (!hearsLeader(node, from, SYNCHRONIZING)) return;
  const { history } = node.durable;
  const last = indexUpTo(history, zxid);
  node.mark('truncated', { txns: lastIndex(history) - last });
  history.txns.length = Math.max(0, last + 1 - history.first);
  rewindBeyond(node);
}

export function onSnap(node: ZabNode, { history }: MessageOfType<Zab, 'SNAP'>, from: NodeId): void {
  if (hearsLeader(node, from, SYNCHRONIZING)) installHistory(node, history);
}

/** Takes over a whole history. What is delivered stays so: the two agree about it. */
function installHistory(node: ZabNode, history: DeepReadonly<History>): void {
  const { durable, volatile } = node;
  durable.history = copyHistory(history);
  const { snapshot } = history;
  if (snapshot !== null && snapshot.index > volatile.delivered) {
    node.mark('installed-snapshot', { index: snapshot.index });
    restore(node);
  }
  rewindBeyond(node);
}

/** Delivered and not there any more: only a mistake can bring this about, and then the machine follows the history. */
function rewindBeyond(node: ZabNode): void {
  const { durable, volatile } = node;
  if (volatile.delivered > lastIndex(durable.history)) restore(node);
}

/** Step f.2.1. */
export function onNewLeader(node: ZabNode, message: MessageOfType<Zab, 'NEWLEADER'>, from: NodeId): void {
  if (!hearsLeader(node, from, SYNCHRONIZING)) return;
  const { epoch, history } = message;
  if (epoch === node.durable.acceptedEpoch) acceptNewLeader(node, epoch, history);
  else lookForLeader(node);
}

/**
 * h_f ← I_e′, f.a ← e′, then ACK-LD.
 * First the history, and when that is on the disk the epoch: a crash between them must not leave a node that looks more recent
 * than it is (ZOOKEEPER-4643).
 */
function acceptNewLeader(node: ZabNode, epoch: number, history: DeepReadonly<History> | null): void {
  const { volatile, durable } = node;
  const { session } = volatile;
  // Both as ZooKeeper had it: the history was handed to a thread that logs it when its turn comes.
  if (node.bug('updates-epoch-first')) {
    durable.currentEpoch = epoch;
    return whenSynced(node, { then: 'history', session, epoch, history, turns: 1 });
  }
  if (node.bug('acknowledges-unsynced')) {
    whenSynced(node, { then: 'history', session, epoch, history, turns: 0 });
    return sayAckLeader(node, epoch, copyZxid(lastZxid(history ?? durable.history)));
  }
  if (history !== null) installHistory(node, history);
  whenSynced(node, { then: 'currentEpoch', session, epoch });
}

/** The turn of a history that a planted bug has made wait; what was proposed meanwhile follows it. */
export function logLate(node: ZabNode, token: Extract<Token, { then: 'history' }>): void {
  const { durable } = node;
  const { epoch, history, turns } = token;
  if (turns > 0) return whenSynced(node, { ...token, turns: turns - 1 });
  if (history !== null) {
    const meanwhile = durable.history.txns.filter(({ zxid }) => zxid.epoch === epoch);
    installHistory(node, history);
    for (const txn of meanwhile) accept(durable.history, txn);
  }
  if (node.bug('acknowledges-unsynced')) durable.currentEpoch = epoch;
  else updateCurrentEpoch(node, epoch);
}

/** The history is on the disk. What comes after this is acknowledged with it, or on its own. */
export function updateCurrentEpoch(node: ZabNode, epoch: number): void {
  const { durable, volatile } = node;
  durable.currentEpoch = epoch;
  const zxid = copyZxid(lastZxid(durable.history));
  whenSynced(node, { then: 'ACK-LD', session: volatile.session, epoch, zxid });
}

export function sayAckLeader(node: ZabNode, epoch: number, zxid: Zxid): void {
  const { volatile } = node;
  if (volatile.leader === null) return;
  volatile.acknowledged = true;
  if (volatile.leader === node.id) countAckLeader(node, node.id, zxid);
  else node.send(volatile.leader, { type: 'ACK-LD', epoch, zxid });
}

export function onAckLeader(node: ZabNode, { epoch, zxid }: MessageOfType<Zab, 'ACK-LD'>, from: NodeId): void {
  if (epoch === node.volatile.epoch) countAckLeader(node, from, zxid);
}

/** Step ℓ.2.2: with ACK-LD from a quorum the epoch is established, and I_e′ is committed. Step ℓ.3.4 for those who come later. */
function countAckLeader(node: ZabNode, from: NodeId, zxid: Zxid): void {
  const { volatile } = node;
  const learner = volatile.learners.get(from);
  if (volatile.state !== 'leading' || learner === undefined) return;
  learner.heardAt = node.monotonic();
  learner.acknowledged = true;
  if (volatile.phase === 'synchronization') {
    let count = 0;
    for (const one of volatile.learners.values()) if (one.acknowledged) count += 1;
    if (count >= quorum(node)) establish(node);
    return;
  }
  // It has whatever was proposed up to there.
  for (const [counter, proposal] of volatile.proposals) {
    if (compareZxids({ epoch: volatile.epoch, counter }, zxid) <= 0) countAck(node, proposal, from);
  }
  sayCommitLeader(node, from);
  commitAcknowledged(node);
}

function establish(node: ZabNode): void {
  const { volatile, durable } = node;
  volatile.phase = 'broadcast';
  volatile.counter = 0;
  node.mark('became-leader', { epoch: volatile.epoch });
  deliverUpTo(node, lastIndex(durable.history));
  for (const [follower, { acknowledged }] of volatile.learners) if (acknowledged) sayCommitLeader(node, follower);
}

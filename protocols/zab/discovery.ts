import type { MessageOfType, NodeId } from '../../engine/index.js';
import { deliveredZxid } from './delivery.js';
import { lookForLeader } from './election.js';
import { lastZxid } from './history.js';
import { quorum, whenSynced, type AckEpoch, type Learner, type Zab, type ZabNode } from './shape.js';
import { beginSynchronization, sendNewLeader } from './synchronization.js';
import { copyZxid, type Zxid } from './zxid.js';

// Phase 1 of [zab]. The leader is a follower of its own: what it says to itself needs no message.

/** Step f.1.1: says to the prospective leader which epoch it has accepted last. */
export function follow(node: ZabNode, leader: NodeId): void {
  const { volatile } = node;
  volatile.state = 'following';
  volatile.phase = 'discovery';
  volatile.leader = leader;
  volatile.heardAt = node.monotonic();
  volatile.early = new Map();
  sayEpoch(node);
}

export function sayEpoch(node: ZabNode): void {
  const { volatile, durable } = node;
  if (volatile.leader === null) return;
  node.send(volatile.leader, { type: 'CEPOCH', acceptedEpoch: durable.acceptedEpoch, session: volatile.session });
}

export function lead(node: ZabNode): void {
  const { volatile, durable } = node;
  const { early } = volatile;
  volatile.state = 'leading';
  volatile.phase = 'discovery';
  volatile.leader = node.id;
  volatile.since = node.monotonic();
  volatile.early = new Map();
  node.mark('elected', { round: volatile.logicalclock });
  admit(node, node.id, durable.acceptedEpoch, volatile.session);
  for (const [follower, { acceptedEpoch, session }] of early) admit(node, follower, acceptedEpoch, session);
}

export function onCEpoch(node: ZabNode, message: MessageOfType<Zab, 'CEPOCH'>, from: NodeId): void {
  const { volatile } = node;
  const { acceptedEpoch, session } = message;
  // A follower may have made up its mind before its leader: in ZooKeeper it tries to connect until it can.
  if (volatile.state === 'looking') volatile.early.set(from, { session, acceptedEpoch });
  if (volatile.state === 'leading') admit(node, from, acceptedEpoch, session);
}

/** Step ℓ.1.1: with CEPOCH from a quorum, chooses an epoch that is higher than all of theirs. */
function admit(node: ZabNode, from: NodeId, acceptedEpoch: number, session: number): void {
  const { volatile } = node;
  const learner: Learner = {
    session,
    acceptedEpoch,
    ackEpoch: null,
    newLeaderSent: false,
    acknowledged: false,
    heardAt: node.monotonic(),
  };
  volatile.learners.set(from, learner);
  if (volatile.epoch > 0) return sendNewEpoch(node, from, learner);
  if (volatile.learners.size < quorum(node)) return;
  for (const one of volatile.learners.values()) volatile.epoch = Math.max(volatile.epoch, one.acceptedEpoch + 1);
  for (const [to, one] of volatile.learners) sendNewEpoch(node, to, one);
}

function sendNewEpoch(node: ZabNode, to: NodeId, { session }: Learner): void {
  const { epoch } = node.volatile;
  if (to === node.id) acceptEpoch(node, epoch);
  else node.send(to, { type: 'NEWEPOCH', epoch, session });
}

/** Step f.1.2. */
export function onNewEpoch(node: ZabNode, message: MessageOfType<Zab, 'NEWEPOCH'>, from: NodeId): void {
  const { volatile, durable } = node;
  const { epoch, session } = message;
  if (volatile.leader !== from || volatile.phase !== 'discovery' || volatile.session !== session) return;
  volatile.heardAt = node.monotonic();
  if (epoch < durable.acceptedEpoch) {
    node.mark('refused-epoch', { epoch });
    return lookForLeader(node);
  }
  volatile.phase = 'synchronization';
  acceptEpoch(node, epoch);
}

/**
 * If f.p < e′: f.p ← e′, and ACK-E once that is on the disk.
 * Deviation, ZooKeeper's: who comes back to a leader of an epoch that it had accepted already may join, but its ACK-E does not
 * count as a promise. Otherwise two leaders could be given the same epoch.
 */
function acceptEpoch(node: ZabNode, epoch: number): void {
  const { durable, volatile } = node;
  const promise = epoch > durable.acceptedEpoch || node.bug('accepts-epoch-again');
  durable.acceptedEpoch = epoch;
  whenSynced(node, { then: 'ACK-E', session: volatile.session, promise });
}

/** ACK-E(f.a, h_f). */
export function sayAckEpoch(node: ZabNode, promise: boolean): void {
  const { durable, volatile, options } = node;
  if (volatile.leader === null) return;
  const ackEpoch: AckEpoch = {
    currentEpoch: durable.currentEpoch,
    lastZxid: copyZxid(toldZxid(node)),
    history: options.synchronization === 'paper' && volatile.leader !== node.id ? durable.history : null,
  };
  if (promise) volatile.promise = { epoch: durable.acceptedEpoch, to: volatile.leader };
  if (volatile.leader === node.id) countAckEpoch(node, node.id, ackEpoch, promise);
  else node.send(volatile.leader, { type: 'ACK-E', ...ackEpoch, promise });
}

function toldZxid(node: ZabNode): Zxid {
  const { durable, options } = node;
  if (options.synchronization === 'zookeeper' && node.bug('keeps-uncommitted')) {
    return deliveredZxid(node);
  }
  return lastZxid(durable.history);
}

export function onAckEpoch(node: ZabNode, message: MessageOfType<Zab, 'ACK-E'>, from: NodeId): void {
  const { type: _, promise, ...ackEpoch } = message;
  countAckEpoch(node, from, ackEpoch as AckEpoch, promise);
}

/** Step ℓ.1.2: with ACK-E from a quorum, the epoch's initial history can be chosen. Who comes later is brought up to date. */
function countAckEpoch(node: ZabNode, from: NodeId, ackEpoch: AckEpoch, promise: boolean): void {
  const { volatile } = node;
  const learner = volatile.learners.get(from);
  if (volatile.state !== 'leading' || learner === undefined) return;
  learner.heardAt = node.monotonic();
  learner.ackEpoch = ackEpoch;
  if (volatile.phase !== 'discovery') return sendNewLeader(node, from, learner);
  if (promise) volatile.promised.set(from, ackEpoch);
  if (volatile.promised.size >= quorum(node)) beginSynchronization(node);
}

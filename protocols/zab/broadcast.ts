import type { MessageOfType, NodeId, RequestRef, Session } from '../../engine/index.js';
import type { KeyValueCommand } from '../parts/key-value.js';
import { answerSyncs } from './client.js';
import { deliveredZxid, deliverUpTo, nameOf } from './delivery.js';
import { indexUpTo, lastIndex, lastZxid, type History, type Txn } from './history.js';
import { hearsLeader } from './liveness.js';
import { quorum, whenSynced, type Phase, type Proposal, type Zab, type ZabNode } from './shape.js';
import { compareZxids, copyZxid, type Zxid } from './zxid.js';

// Phase 3 of [zab].

/** A late follower is proposed to while it is still being synchronised. */
const PROPOSED_TO: readonly Phase[] = ['synchronization', 'broadcast'];

/** Step ℓ.3.1: proposes ⟨v, z⟩ to all followers in Q, in increasing order of zxid. */
export function propose(node: ZabNode, ref: RequestRef<Zab>, command: KeyValueCommand, session: Session | null): void {
  const { volatile, durable } = node;
  volatile.counter += 1;
  const zxid: Zxid = { epoch: volatile.epoch, counter: volatile.counter };
  const txn: Txn = { zxid, command, session, ref };
  if (node.options.marksDeliveries) node.mark('broadcast', nameOf(txn));
  volatile.proposals.set(volatile.counter, { ackers: [], syncs: [] });
  volatile.waiting.set(volatile.counter, ref);
  for (const [follower, learner] of volatile.learners) {
    // Q is everybody who was sent NEWLEADER: what is proposed from then on is not in the history that came with it. The paper
    // adds a late follower to Q with its ACK-LD, and so leaves a gap: issue 1 of ZooKeeper's specification.
    const inQ = node.bug('proposes-to-acknowledged') ? learner.acknowledged : learner.newLeaderSent;
    if (inQ && follower !== node.id) node.send(follower, { type: 'PROPOSE', txn });
  }
  accept(durable.history, txn);
  whenSynced(node, { then: 'ACK', session: volatile.session, zxid: copyZxid(zxid) });
}

/** Phase 3, follower: accepts the proposal, and acknowledges it once it is on the disk. */
export function onPropose(node: ZabNode, { txn }: MessageOfType<Zab, 'PROPOSE'>, from: NodeId): void {
  const { volatile, durable } = node;
  if (!hearsLeader(node, from, PROPOSED_TO)) return;
  accept(durable.history, txn);
  whenSynced(node, { then: 'ACK', session: volatile.session, zxid: copyZxid(txn.zxid) });
}

/** What a node has already it passes over: issue 2 of ZooKeeper's specification. */
export function accept(history: History, txn: Txn): void {
  if (compareZxids(txn.zxid, lastZxid(history)) > 0) history.txns.push(txn);
}

/**
 * The proposal is on the disk. Before ACK-LD nothing is acknowledged on its own: a quorum that has the transaction, but not the
 * epoch that it was broadcast in, could lose it to a longer history of an earlier epoch; and ACK-LD tells of it anyway.
 */
export function sayAck(node: ZabNode, zxid: Zxid): void {
  const { volatile } = node;
  const { leader, acknowledged } = volatile;
  if (leader === null || !acknowledged) return;
  if (leader === node.id) countAckFrom(node, zxid, node.id);
  else node.send(leader, { type: 'ACK', zxid });
}

export function onAck(node: ZabNode, { zxid }: MessageOfType<Zab, 'ACK'>, from: NodeId): void {
  const learner = node.volatile.learners.get(from);
  if (learner === undefined || zxid.epoch !== node.volatile.epoch) return;
  learner.heardAt = node.monotonic();
  countAckFrom(node, zxid, from);
}

function countAckFrom(node: ZabNode, { counter }: Zxid, from: NodeId): void {
  const proposal = node.volatile.proposals.get(counter);
  if (proposal === undefined) return;
  countAck(node, proposal, from);
  commitAcknowledged(node);
}

export function countAck(node: ZabNode, proposal: Proposal, from: NodeId): void {
  if (!proposal.ackers.includes(from) || node.bug('counts-acks-not-ackers')) proposal.ackers.push(from);
}

/** Step ℓ.3.2: what a quorum has acknowledged is committed, in the order in which it was proposed. */
export function commitAcknowledged(node: ZabNode): void {
  const { volatile, durable } = node;
  for (const [counter, proposal] of volatile.proposals) {
    if (proposal.ackers.length < quorum(node)) return;
    volatile.proposals.delete(counter);
    const zxid = { epoch: volatile.epoch, counter };
    for (const [follower, { acknowledged }] of volatile.learners) {
      // Before COMMIT-LD there is no COMMIT: it will tell of all that is committed by then.
      if (acknowledged && follower !== node.id) node.send(follower, { type: 'COMMIT', zxid });
    }
    deliverUpTo(node, lastIndex(durable.history) - (volatile.counter - counter));
    answerSyncs(node, proposal);
  }
}

/** Step ℓ.3.4. Not the zxid that it has acknowledged, but all that is committed: issue 3 of ZooKeeper's specification. */
export function sayCommitLeader(node: ZabNode, to: NodeId): void {
  if (to !== node.id) node.send(to, { type: 'COMMIT-LD', zxid: deliveredZxid(node) });
}

export function onCommitLeader(node: ZabNode, { zxid }: MessageOfType<Zab, 'COMMIT-LD'>, from: NodeId): void {
  if (!hearsLeader(node, from, ['synchronization'])) return;
  node.volatile.phase = 'broadcast';
  node.mark('joined', { epoch: node.durable.currentEpoch });
  // Step f.2.2 lets it deliver all that it was given; but a late follower is given proposals too that are not committed yet.
  const { history } = node.durable;
  deliverUpTo(node, node.bug('delivers-whole-history') ? lastIndex(history) : indexUpTo(history, zxid));
}

/** Phase 3, follower: delivers it, after all that comes before it. */
export function onCommit(node: ZabNode, { zxid }: MessageOfType<Zab, 'COMMIT'>, from: NodeId): void {
  if (hearsLeader(node, from, ['broadcast'])) deliverUpTo(node, indexUpTo(node.durable.history, zxid));
}

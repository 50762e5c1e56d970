import { ms, type MessageOfType, type NodeId } from '../../engine/index.js';
import { sameBallot } from '../parts/ballot.js';
import { cutVotes, snapshotSlot } from './compaction.js';
import {
  audience,
  configurationOf,
  currentConfiguration,
  isMember,
  isSettled,
  retireIfNotNeeded,
} from './configuration.js';
import { askPromises, followLeader, promise, refusesOlder, stepDown } from './leadership.js';
import { catchUp, executeChosen, learnUpTo } from './learning.js';
import { phase2Quorum } from './quorums.js';
import type { Entry, MultiPaxos, MultiPaxosNode, Proposal } from './shape.js';

// -- Phase 2, for each slot --

/** Phase 2 (a) for the next slot, to the acceptors of its configuration. The own one is asked like the others. */
export function propose(node: MultiPaxosNode, entry: Entry): void {
  const { volatile } = node;
  const slot = volatile.nextSlot;
  volatile.nextSlot += 1;
  volatile.reported.delete(slot);
  const proposal: Proposal = { entry, voters: [], sentAt: node.monotonic() };
  volatile.proposals.set(slot, proposal);
  for (const acceptor of configurationOf(volatile, slot).members) askVote(node, acceptor, slot, entry);
}

function askVote(node: MultiPaxosNode, acceptor: NodeId, slot: number, entry: Entry): void {
  const { ballot, executed } = node.volatile;
  if (ballot !== null) node.send(acceptor, { type: 'Phase2a', bal: ballot, slot, entry, executed });
}

/** Phase 2 (b). */
export function onPhase2a(node: MultiPaxosNode, message: MessageOfType<MultiPaxos, 'Phase2a'>, from: NodeId): void {
  const { durable, volatile } = node;
  const { bal, slot, entry, executed } = message;
  if (refusesOlder(node, bal, from)) return;
  promise(node, bal);
  followLeader(node, bal);
  cutVotes(durable);
  // What a snapshot covers is chosen, and this can only be the same: there is nothing to remember.
  if (slot > snapshotSlot(durable)) {
    durable.votes.set(slot, { slot, bal, entry });
    volatile.lastVoted = slot;
  }
  node.send(from, { type: 'Phase2b', bal, slot });
  learnUpTo(node, bal, executed);
}

/** The leader is the distinguished learner: a command is chosen when a quorum of acceptors has voted for it in its ballot. */
export function onPhase2b(
  node: MultiPaxosNode,
  { bal, slot }: MessageOfType<MultiPaxos, 'Phase2b'>,
  from: NodeId,
): void {
  const { volatile } = node;
  if (volatile.role !== 'leader' || !sameBallot(bal, volatile.ballot)) return;
  volatile.heardAt.set(from, node.monotonic());
  const proposal = volatile.proposals.get(slot);
  if (proposal === undefined) return;
  const { members } = configurationOf(volatile, slot);
  if (!members.includes(from)) return;
  if (!proposal.voters.includes(from) || node.bug('counts-votes-not-voters')) proposal.voters.push(from);
  if (proposal.voters.length < phase2Quorum(members, node.options)) return;
  volatile.proposals.delete(slot);
  volatile.chosen.set(slot, proposal.entry);
  if (slot > volatile.executed + 1) node.mark('chosen-out-of-order');
  executeChosen(node);
}

// -- Heartbeats --

export function onHeartbeatTimer(node: MultiPaxosNode): void {
  if (node.options.checkQuorum && !hearsQuorum(node)) {
    node.mark('lost-quorum');
    return stepDown(node);
  }
  askAgain(node);
  askPromises(node);
  onHeartbeatDue(node);
}

/** Says that there is a leader, and how far it is; and sets the timer for the next time. */
export function onHeartbeatDue(node: MultiPaxosNode): void {
  const { ballot, executed } = node.volatile;
  if (ballot === null) return;
  const settled = isSettled(node) ? currentConfiguration(node.volatile).from : 0;
  for (const other of audience(node)) node.send(other, { type: 'Heartbeat', bal: ballot, executed, settled });
  node.setTimer('heartbeat', ms(node.options.heartbeatMs));
  if (settled > 0 && !isMember(node.id, node.volatile)) {
    retireIfNotNeeded(node, settled);
    stepDown(node);
  }
}

function hearsQuorum(node: MultiPaxosNode): boolean {
  const since = node.monotonic() - ms(node.options.electionTimeoutMsMax);
  const { members } = currentConfiguration(node.volatile);
  let heard = 0;
  for (const member of members) if (member === node.id || (node.volatile.heardAt.get(member) ?? 0) >= since) heard += 1;
  return heard >= Math.min(phase2Quorum(members, node.options), members.length);
}

/** Votes that are missing for a whole interval: the request or the answer may be lost. */
function askAgain(node: MultiPaxosNode): void {
  const now = node.monotonic();
  for (const [slot, proposal] of node.volatile.proposals) {
    if (now - proposal.sentAt < ms(node.options.heartbeatMs)) continue;
    proposal.sentAt = now;
    for (const acceptor of configurationOf(node.volatile, slot).members) {
      if (!proposal.voters.includes(acceptor)) askVote(node, acceptor, slot, proposal.entry);
    }
  }
}

export function onHeartbeat(node: MultiPaxosNode, message: MessageOfType<MultiPaxos, 'Heartbeat'>, from: NodeId): void {
  const { bal, executed, settled } = message;
  if (refusesOlder(node, bal, from)) return;
  followLeader(node, bal);
  learnUpTo(node, bal, executed);
  retireIfNotNeeded(node, settled);
  node.send(from, { type: 'HeartbeatReply', bal, executed: node.volatile.executed });
}

export function onHeartbeatReply(
  node: MultiPaxosNode,
  { bal, executed }: MessageOfType<MultiPaxos, 'HeartbeatReply'>,
  from: NodeId,
): void {
  const { volatile } = node;
  if (volatile.role !== 'leader' || !sameBallot(bal, volatile.ballot)) return;
  volatile.heardAt.set(from, node.monotonic());
  volatile.executedBy.set(from, executed);
  if (executed < volatile.executed) catchUp(node, from, executed + 1);
}

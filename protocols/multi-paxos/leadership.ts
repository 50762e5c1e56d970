import type { DeepReadonly, MessageOfType, NodeId } from '../../engine/index.js';
import { compareBallots, laterBallot, sameBallot, type Ballot } from '../parts/ballot.js';
import { armElectionTimer, electionTimedOut } from '../parts/election-timer.js';
import { installSnapshot, snapshotSlot } from './compaction.js';
import {
  configurationOf,
  currentConfiguration,
  hasPromises,
  isWithinWindow,
  mayPropose,
  mayStand,
} from './configuration.js';
import { onHeartbeatDue, propose } from './proposing.js';
import { NOOP, type Entry, type MultiPaxos, type MultiPaxosNode, type Snapshot, type Vote } from './shape.js';

export function onElectionTimer(node: MultiPaxosNode): void {
  if (node.volatile.role === 'leader' || !electionTimedOut(node)) return;
  if (mayStand(node)) beginBallot(node);
  else armElectionTimer(node);
}

// -- Phase 1, once for all slots --

/** Paxos Made Simple, section 3: the new leader executes phase 1 for all instances above those that it knows. */
function beginBallot(node: MultiPaxosNode): void {
  const { durable, volatile } = node;
  const bal: Ballot = { number: (durable.maxBal?.number ?? 0) + 1, node: node.id };
  // A promise to itself, and on the disk before anything leaves: this number is never used again.
  durable.maxBal = bal;
  volatile.role = 'candidate';
  volatile.ballot = bal;
  volatile.following = null;
  volatile.promises = [];
  volatile.reported = new Map();
  node.mark('became-candidate', { number: bal.number });
  askPromises(node);
  armElectionTimer(node);
}

/** Phase 1 (a), to the acceptors of every configuration that is known and lacks promises. */
export function askPromises(node: MultiPaxosNode): void {
  const { ballot, promises, configurations, executed } = node.volatile;
  if (ballot === null) return;
  const { from: first } = currentConfiguration(node.volatile);
  const asked: NodeId[] = [];
  for (const configuration of configurations) {
    if (configuration.from < first || hasPromises(node, configuration)) continue;
    for (const acceptor of configuration.members) {
      if (asked.includes(acceptor) || promises.includes(acceptor)) continue;
      asked.push(acceptor);
      node.send(acceptor, { type: 'Phase1a', bal: ballot, from: executed + 1 });
    }
  }
}

/** Phase 1 (b), for all slots from `from` on. */
export function onPhase1a(node: MultiPaxosNode, { bal, from }: MessageOfType<MultiPaxos, 'Phase1a'>, to: NodeId): void {
  const { durable, volatile } = node;
  if (refusesOlder(node, bal, to)) return;
  promise(node, bal);
  volatile.promised += 1;
  if (to !== node.id) volatile.timerResetAt = node.monotonic();
  const compacted = snapshotSlot(durable);
  const votes: Vote[] = [];
  for (const vote of durable.votes.values()) if (vote.slot >= from && vote.slot > compacted) votes.push(vote);
  const snapshot = from <= compacted && !node.bug('omits-snapshot') ? durable.snapshot : null;
  node.send(to, { type: 'Phase1b', bal, votes, snapshot });
}

export function onPhase1b(node: MultiPaxosNode, message: MessageOfType<MultiPaxos, 'Phase1b'>, from: NodeId): void {
  const { volatile } = node;
  if (volatile.ballot === null || !sameBallot(message.bal, volatile.ballot)) return;
  if (volatile.promises.includes(from)) return;
  if (volatile.role === 'leader') volatile.heardAt.set(from, node.monotonic());
  for (const vote of message.votes) if (isOpen(node, vote.slot)) noteReported(node, vote, from);
  volatile.promises.push(from);
  if (message.snapshot !== null) install(node, message.snapshot);
  leadOn(node);
}

/** What was decided upon with enough promises stays so: a leader no longer asks what else there is for such a slot. */
function isOpen(node: MultiPaxosNode, slot: number): boolean {
  const { role, nextSlot } = node.volatile;
  if (role !== 'leader') return true;
  return slot >= nextSlot && !(isWithinWindow(node, slot) && hasPromises(node, configurationOf(node.volatile, slot)));
}

export function onInstallSnapshot(
  node: MultiPaxosNode,
  { snapshot }: MessageOfType<MultiPaxos, 'InstallSnapshot'>,
): void {
  install(node, snapshot);
  leadOn(node);
}

/** A snapshot may tell of configurations that this candidate or leader has asked nothing yet. */
function install(node: MultiPaxosNode, snapshot: DeepReadonly<Snapshot>): void {
  const { configurations } = node.volatile;
  installSnapshot(node, snapshot);
  if (node.volatile.configurations !== configurations) askPromises(node);
}

/** P2c: for each slot the vote in the highest ballot counts. */
function noteReported(node: MultiPaxosNode, vote: Vote, from: NodeId): void {
  const { reported } = node.volatile;
  if (node.bug('ignores-promised-votes') && from !== node.id) return;
  const known = reported.get(vote.slot);
  const higher = known === undefined || compareBallots(vote.bal, known.bal) > 0;
  if (higher || node.bug('adopts-last-promise')) reported.set(vote.slot, vote);
}

/** Section 3: proposes what may have been chosen, and a no-op where nothing was: so that later slots can be executed. */
function becomeLeader(node: MultiPaxosNode, bal: Ballot): void {
  const { volatile } = node;
  volatile.role = 'leader';
  volatile.following = bal;
  volatile.proposals = new Map();
  volatile.executedBy = new Map();
  volatile.nextSlot = volatile.executed + 1;
  volatile.heardAt = new Map(node.peers.map((peer) => [peer, node.monotonic()]));
  node.mark('became-leader', { number: bal.number });
  node.cancelTimer('election');
  proposeReported(node);
  onHeartbeatDue(node);
}

/** There are promises that were missing, or slots executed: whatever a candidate or leader can do now that it could not before. */
export function leadOn(node: MultiPaxosNode): void {
  const { volatile } = node;
  const { ballot, role, executed } = volatile;
  if (ballot === null) return;
  for (const slot of volatile.reported.keys()) if (slot <= executed) volatile.reported.delete(slot);
  if (role === 'leader') {
    volatile.nextSlot = Math.max(volatile.nextSlot, executed + 1);
    proposeReported(node);
  } else if (!mayStand(node)) {
    stepDown(node);
  } else if (hasPromises(node, currentConfiguration(volatile))) {
    becomeLeader(node, ballot);
  }
}

/**
 * What may have been chosen, as far as the window and the promises allow. Where a configuration is to come, no-ops fill the
 * slots before it: so that it need not wait for α commands of clients.
 */
function proposeReported(node: MultiPaxosNode): void {
  const { volatile } = node;
  const { reported, configurations } = volatile;
  let last = (configurations[configurations.length - 1]?.from ?? 1) - 1;
  for (const slot of reported.keys()) last = Math.max(last, slot);
  while (volatile.nextSlot <= last && mayPropose(node, volatile.nextSlot)) {
    propose(node, entryFor(node, reported.get(volatile.nextSlot)));
  }
}

function entryFor(node: MultiPaxosNode, vote: Vote | undefined): Entry {
  if (vote !== undefined) return vote.entry;
  node.mark('filled-gap', { slot: node.volatile.nextSlot });
  return NOOP;
}

// -- Higher ballots --

/** @returns true where this ballot is older than what was promised: its proposer is told, and nothing else happens. */
export function refusesOlder(node: MultiPaxosNode, bal: Ballot, to: NodeId): boolean {
  const { maxBal } = node.durable;
  if (maxBal === null || compareBallots(bal, maxBal) >= 0) return false;
  node.mark('refused-ballot');
  node.send(to, { type: 'Nack', bal, maxBal });
  return true;
}

export function promise(node: MultiPaxosNode, bal: Ballot): void {
  const { durable } = node;
  if (!sameBallot(durable.maxBal, bal)) durable.maxBal = bal;
  yieldTo(node, bal);
}

export function onNack(node: MultiPaxosNode, { bal, maxBal }: MessageOfType<MultiPaxos, 'Nack'>): void {
  if (!sameBallot(bal, node.volatile.ballot)) return;
  // The next ballot of this node must be above that one; a promise not to take part below is never wrong.
  node.durable.maxBal = laterBallot(node.durable.maxBal, maxBal);
  yieldTo(node, maxBal);
}

/** Leaves off leading or standing where there is a higher ballot. */
export function yieldTo(node: MultiPaxosNode, bal: Ballot): void {
  const { ballot } = node.volatile;
  if (ballot !== null && compareBallots(bal, ballot) > 0) stepDown(node);
}

export function stepDown(node: MultiPaxosNode): void {
  const { volatile } = node;
  node.mark('stepped-down', { from: volatile.role });
  if (volatile.role === 'leader') {
    volatile.following = null;
    node.cancelTimer('heartbeat');
    armElectionTimer(node);
  }
  volatile.role = 'follower';
  volatile.ballot = null;
  volatile.promises = [];
  volatile.reported = new Map();
  volatile.proposals = new Map();
}

/** The leader of this ballot speaks, and the ballot is not older than what was promised. */
export function followLeader(node: MultiPaxosNode, bal: Ballot): void {
  const { volatile } = node;
  if (bal.node === node.id) return;
  yieldTo(node, bal);
  volatile.timerResetAt = node.monotonic();
  if (compareBallots(bal, volatile.following) > 0) volatile.following = bal;
}

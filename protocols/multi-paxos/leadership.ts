import { ms, type MessageOfType, type NodeId } from '../../engine/index.js';
import { compareBallots, laterBallot, sameBallot, type Ballot } from '../parts/ballot.js';
import { armElectionTimer, electionTimedOut } from '../parts/election-timer.js';
import { installSnapshot, snapshotSlot } from './compaction.js';
import { propose } from './proposing.js';
import { phase1Quorum } from './quorums.js';
import { NOOP, type Entry, type MultiPaxos, type MultiPaxosNode, type Vote } from './shape.js';

export function onElectionTimer(node: MultiPaxosNode): void {
  if (node.volatile.role !== 'leader' && electionTimedOut(node)) beginBallot(node);
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
  for (const acceptor of node.members) node.send(acceptor, { type: 'Phase1a', bal, from: volatile.executed + 1 });
  armElectionTimer(node);
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
  if (volatile.role !== 'candidate' || !sameBallot(message.bal, volatile.ballot)) return;
  if (volatile.promises.includes(from)) return;
  volatile.promises.push(from);
  if (message.snapshot !== null) installSnapshot(node, message.snapshot);
  for (const vote of message.votes) noteReported(node, vote, from);
  if (volatile.promises.length >= phase1Quorum(node)) becomeLeader(node, message.bal);
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
  const { reported, executed } = volatile;
  let last = executed;
  for (const slot of reported.keys()) last = Math.max(last, slot);
  volatile.role = 'leader';
  volatile.following = bal;
  volatile.promises = [];
  volatile.reported = new Map();
  volatile.proposals = new Map();
  volatile.nextSlot = executed + 1;
  volatile.heardAt = new Map(node.peers.map((peer) => [peer, node.monotonic()]));
  node.mark('became-leader', { number: bal.number });
  node.cancelTimer('election');
  while (volatile.nextSlot <= last) propose(node, entryFor(node, reported.get(volatile.nextSlot)));
  onHeartbeatDue(node);
}

function entryFor(node: MultiPaxosNode, vote: Vote | undefined): Entry {
  if (vote !== undefined) return vote.entry;
  node.mark('filled-gap', { slot: node.volatile.nextSlot });
  return NOOP;
}

/** Says that there is a leader, and how far it is; and sets the timer for the next time. */
export function onHeartbeatDue(node: MultiPaxosNode): void {
  const { ballot, executed } = node.volatile;
  if (ballot === null) return;
  node.broadcast({ type: 'Heartbeat', bal: ballot, executed });
  node.setTimer('heartbeat', ms(node.options.heartbeatMs));
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

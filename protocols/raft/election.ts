import { ms, type DeepReadonly, type MessageOfType, type NodeId } from '../../engine/index.js';
import { armElectionTimer, electionTimedOut } from '../parts/election-timer.js';
import { redirectReads } from './client.js';
import { configuration, isVoter, mayStand } from './configuration.js';
import { isUpToDate, lastLogIndex, lastLogTerm } from './log.js';
import { forgetChange, leaveJointEarly } from './membership.js';
import { isQuorum } from './quorum.js';
import { appendToOwnLog, freshProgress, heartbeatInterval, replicateToAll } from './replication.js';
import type { Raft, RaftDurable, RaftNode } from './shape.js';
import { endTransfer } from './transfer.js';

/** Section 5.2: a follower that hears nothing over a whole election time-out begins an election. */
export function onElectionTimer(node: RaftNode): void {
  if (node.volatile.role === 'leader' || !electionTimedOut(node)) return;
  if (!mayStand(node)) waitToBeAdded(node);
  else if (node.options.preVote) startPreVote(node);
  else startElection(node);
}

/** No member, or none any more: nobody would vote for this node, and whom it knew to lead may lead no more. */
function waitToBeAdded(node: RaftNode): void {
  node.volatile.leader = null;
  armElectionTimer(node);
}

// -- Standing for election --

/** Figure 2, Candidates: raise the term, vote for oneself, reset the timer, ask everybody. */
export function startElection(node: RaftNode, leave: { mayDepose?: true } = {}): void {
  const { durable, volatile } = node;
  durable.currentTerm += 1;
  durable.votedFor = { term: durable.currentTerm, candidate: node.id };
  volatile.role = 'candidate';
  volatile.leader = null;
  volatile.votes = [node.id];
  node.mark('became-candidate', { term: durable.currentTerm });
  armElectionTimer(node);
  const request = {
    type: 'RequestVote',
    term: durable.currentTerm,
    lastLogIndex: lastLogIndex(durable),
    lastLogTerm: lastLogTerm(durable),
    ...leave,
  } as const;
  for (const voter of otherVoters(node)) node.send(voter, request);
  if (isQuorum(node, volatile.votes)) becomeLeader(node);
}

/** Whose votes count. A learner that is asked all the same votes as anybody: who asks may know that it is a voter by now. */
function otherVoters(node: RaftNode): readonly NodeId[] {
  const current = configuration(node);
  return node.volatile.others.filter((other) => isVoter(current, other));
}

/** Thesis, 9.6: would a majority vote for this node? Its term stays as it is until they say yes. */
function startPreVote(node: RaftNode): void {
  const { durable, volatile } = node;
  volatile.role = 'pre-candidate';
  volatile.leader = null;
  volatile.votes = [node.id];
  node.mark('became-pre-candidate', { term: durable.currentTerm });
  armElectionTimer(node);
  const request = {
    type: 'PreVote',
    term: durable.currentTerm + 1,
    lastLogIndex: lastLogIndex(durable),
    lastLogTerm: lastLogTerm(durable),
  } as const;
  for (const voter of otherVoters(node)) node.send(voter, request);
  if (isQuorum(node, volatile.votes)) startElection(node);
}

export function onRequestVoteReply(
  node: RaftNode,
  message: MessageOfType<Raft, 'RequestVoteReply'>,
  from: NodeId,
): void {
  const { durable, volatile } = node;
  observeTerm(node, message.term);
  if (volatile.role !== 'candidate' || message.term !== durable.currentTerm || !message.voteGranted) return;
  countVote(node, from);
  if (isQuorum(node, volatile.votes)) becomeLeader(node);
}

export function onPreVoteReply(node: RaftNode, message: MessageOfType<Raft, 'PreVoteReply'>, from: NodeId): void {
  const { durable, volatile } = node;
  if (!message.voteGranted) {
    observeTerm(node, message.term);
    return;
  }
  if (volatile.role !== 'pre-candidate' || message.term !== durable.currentTerm + 1) return;
  countVote(node, from);
  if (isQuorum(node, volatile.votes)) startElection(node);
}

/** A majority of voters, not of replies: the network may deliver a reply twice. */
function countVote(node: RaftNode, from: NodeId): void {
  const { votes } = node.volatile;
  if (!votes.includes(from) || node.bug('counts-votes-not-voters')) votes.push(from);
}

// -- Voting --

/** Figure 2, RequestVote RPC, receiver. Thesis, 4.1: also of a candidate that is not in this node's configuration. */
export function onRequestVote(node: RaftNode, message: MessageOfType<Raft, 'RequestVote'>, from: NodeId): void {
  const { durable, options } = node;
  // Thesis, 4.2.3: while a leader is heard nobody can depose it, so not even the term is adopted.
  const bound = (options.checkQuorum || options.readMode === 'lease') && message.mayDepose !== true;
  const loyal = bound && hearsLeader(node, from);
  if (!loyal) observeTerm(node, message.term);
  const votedFor = node.bug('keeps-old-vote') ? (durable.votedFor?.candidate ?? null) : votedInThisTerm(durable);
  const voteGranted =
    !loyal &&
    message.term === durable.currentTerm && // 1. not of an older term
    (votedFor === null || votedFor === from) && // 2. one vote per term, and
    isUpToDate(node, message); // the election restriction
  if (voteGranted) {
    node.mark('vote-granted', { term: message.term, to: from });
    if (votedFor === null) durable.votedFor = { term: message.term, candidate: from };
    armElectionTimer(node);
  } else {
    node.mark('rejected-vote', { term: message.term, to: from });
  }
  node.send(from, { type: 'RequestVoteReply', term: durable.currentTerm, voteGranted });
}

export function votedInThisTerm({ currentTerm, votedFor }: DeepReadonly<RaftDurable>): NodeId | null {
  return votedFor !== null && votedFor.term === currentTerm ? votedFor.candidate : null;
}

/** Thesis, 9.6: says how this node would vote. It promises nothing, so nothing is recorded. */
export function onPreVote(node: RaftNode, message: MessageOfType<Raft, 'PreVote'>, from: NodeId): void {
  const { currentTerm } = node.durable;
  const voteGranted = message.term > currentTerm && !hearsLeader(node, from) && isUpToDate(node, message);
  if (!voteGranted) node.mark('rejected-pre-vote', { term: message.term, to: from });
  node.send(from, { type: 'PreVoteReply', term: voteGranted ? message.term : currentTerm, voteGranted });
}

/**
 * Has a leader made itself heard within the shortest election time-out? Not if that leader is the one who now asks: it
 * has stepped down, and to wait for it would be to wait for ever.
 */
function hearsLeader(node: RaftNode, candidate: NodeId): boolean {
  const { role, leader, leaderHeardAt } = node.volatile;
  if (role === 'leader') return true;
  if (leaderHeardAt === null || (leader === candidate && !node.bug('refuses-former-leader'))) return false;
  return node.monotonic() - leaderHeardAt < ms(node.options.electionTimeoutMsMin);
}

// -- Changing roles --

/** Figure 2, All servers: a higher term makes a follower of everybody. A vote of an earlier term no longer binds. */
export function observeTerm(node: RaftNode, term: number): void {
  const { durable, volatile } = node;
  if (term <= durable.currentTerm) return;
  durable.currentTerm = term;
  volatile.leader = null;
  becomeFollower(node);
}

/** Leaves off leading or standing, in whatever term the node now is. A candidate's timer goes on running. */
export function becomeFollower(node: RaftNode): void {
  const { durable, volatile } = node;
  const before = volatile.role;
  if (before === 'follower') return;
  volatile.role = 'follower';
  volatile.votes = [];
  node.mark('stepped-down', { from: before, term: durable.currentTerm });
  if (before !== 'leader') return;
  volatile.leader = null;
  volatile.progress = {};
  forgetChange(node);
  node.cancelTimer('heartbeat');
  armElectionTimer(node);
  redirectReads(node);
}

/** A leader of this term speaks (the caller knows that it is no older one): follow it, and reset the timer. */
export function followLeader(node: RaftNode, term: number, leader: NodeId): void {
  const { durable, volatile } = node;
  observeTerm(node, term);
  if (node.bug('clears-vote-on-step-down') && volatile.role === 'candidate') durable.votedFor = null;
  becomeFollower(node);
  volatile.timerResetAt = node.monotonic();
  volatile.leaderHeardAt = volatile.timerResetAt;
  if (volatile.leader === leader) return;
  volatile.leader = leader;
  endTransfer(node, leader);
  if (node.bug('clears-vote-on-leader')) durable.votedFor = null;
  armElectionTimer(node);
}

/** Figure 2, Leaders: upon election; and section 8, a no-op, so that the leader soon knows what is committed. */
function becomeLeader(node: RaftNode): void {
  const { durable, volatile } = node;
  volatile.role = 'leader';
  volatile.leader = node.id;
  volatile.votes = [];
  volatile.progress = {};
  for (const other of volatile.others) volatile.progress[other] = freshProgress(node);
  volatile.termStartIndex = lastLogIndex(durable) + 1;
  volatile.leaseGivenUp = false;
  volatile.round = 0;
  node.mark('became-leader', { term: durable.currentTerm });
  endTransfer(node, node.id);
  node.cancelTimer('election');
  node.setTimer('heartbeat', heartbeatInterval(node));
  appendToOwnLog(node, { op: 'noop' }, null);
  replicateToAll(node);
  leaveJointEarly(node);
}

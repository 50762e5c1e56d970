import {
  ms,
  readItem,
  readOnly,
  type MessageOfType,
  type Micros,
  type NodeId,
  type Session,
} from '../../engine/index.js';
import { serveReads } from './client.js';
import { noteAppended } from './configuration.js';
import { advanceCommitIndex, followCommitIndex } from './commitment.js';
import { becomeFollower, followLeader, observeTerm } from './election.js';
import {
  cutLog,
  entryAt,
  entriesFrom,
  firstIndexOfTerm,
  lastIncludedIndex,
  lastIndexOfTerm,
  lastLogIndex,
  termAt,
  truncateFrom,
} from './log.js';
import { giveUpSilentLearners, noteCatchUp } from './membership.js';
import { isAlone, reachedByQuorum } from './quorum.js';
import type { Entry, Progress, Raft, RaftNode } from './shape.js';
import { sendSnapshot } from './snapshot.js';
import { continueTransfer, giveUpStalledTransfer } from './transfer.js';

type AppendEntries = MessageOfType<Raft, 'AppendEntries'>;
type AppendEntriesReply = MessageOfType<Raft, 'AppendEntriesReply'>;

// -- The leader sends --

export function heartbeatInterval(node: RaftNode): Micros {
  return ms(node.options.heartbeatMs);
}

/** Figure 2, Leaders: nextIndex begins after the leader's last entry. */
export function freshProgress(node: RaftNode): Progress {
  return {
    nextIndex: lastLogIndex(node.durable) + 1,
    matchIndex: 0,
    inFlight: [],
    round: 0,
    // Answered so long ago that no lease can follow from it.
    answeredAt: -ms(node.options.electionTimeoutMsMin),
    heardAt: node.monotonic(),
    // Whoever is new has a heartbeat due.
    sentAt: node.monotonic() - heartbeatInterval(node),
  };
}

/** Figure 2, Leaders: append to the own log. The caller replicates. */
export function appendToOwnLog(node: RaftNode, command: Entry['command'], session: Session | null): Entry {
  const { durable } = node;
  cutLog(durable);
  const entry: Entry = { index: lastLogIndex(durable) + 1, term: durable.currentTerm, command, session };
  durable.log.push(entry);
  noteAppended(node, entry);
  // Alone, a leader is its own majority.
  if (isAlone(node)) advanceCommitIndex(node);
  return entry;
}

export function replicateToAll(node: RaftNode): void {
  let latest: AppendEntries | undefined;
  for (const peer of readOnly(node.volatile.others)) latest = replicateTo(node, peer, latest);
}

/** Thesis, 10.2.1, batching: new entries are sent at once, or wait a moment for others to share their messages. */
export function replicateNewEntries(node: RaftNode): void {
  const { volatile, options } = node;
  if (options.batchMs === 0) return replicateToAll(node);
  if (volatile.gathering) return;
  volatile.gathering = true;
  node.setTimer('batch', ms(options.batchMs));
}

export function onBatchTimer(node: RaftNode): void {
  node.volatile.gathering = false;
  if (node.volatile.role === 'leader') replicateToAll(node);
}

/**
 * Sends a follower the entries that it lacks, in messages of which `pipelineMax` may be on their way; one, until the logs are
 * known to agree somewhere. What stays unanswered for a heartbeat interval is taken for lost.
 *
 * @param latest what this step has sent to somebody else. @returns what it has sent last
 */
export function replicateTo(
  node: RaftNode,
  peer: NodeId,
  latest?: AppendEntries,
  pipelineMax: number = node.options.pipelineMax,
): AppendEntries | undefined {
  const { durable, volatile, options } = node;
  const progress = volatile.progress[peer];
  if (progress === undefined) return latest;
  const last = lastLogIndex(durable);
  if (progress.nextIndex > last && readOnly(progress.inFlight).length === 0) return latest;
  const now = node.monotonic();
  takeForLost(node, progress, now);
  const inFlightMax = progress.matchIndex === 0 ? 1 : pipelineMax;
  const included = lastIncludedIndex(durable);
  let sent = latest;
  while (progress.nextIndex <= last && progress.inFlight.length < inFlightMax) {
    const first = progress.nextIndex;
    if (first <= included) {
      progress.inFlight.push({ first, last: included, sentAt: now });
      progress.nextIndex = included + 1;
      progress.sentAt = now;
      sendSnapshot(node, peer);
    } else {
      sent = sendAppendEntries(node, peer, progress, first - 1, options.entriesPerAppendMax, sent);
      progress.nextIndex = first + sent.entries.length;
      progress.inFlight.push({ first, last: progress.nextIndex - 1, sentAt: now });
    }
  }
  return sent;
}

/** What was sent long ago, and all after it, is sent again. */
function takeForLost(node: RaftNode, progress: Progress, now: Micros): void {
  const oldest = readItem(readOnly(progress.inFlight), 0);
  if (oldest === undefined || now - oldest.sentAt < heartbeatInterval(node)) return;
  progress.nextIndex = firstUnanswered(progress) ?? progress.nextIndex;
  progress.inFlight = [];
}

/** Where what is on its way begins, or what of it was not acknowledged by an answer to something earlier. */
function firstUnanswered({ inFlight, matchIndex }: Progress): number | undefined {
  const oldest = readItem(readOnly(inFlight), 0);
  return oldest === undefined ? undefined : Math.max(oldest.first, matchIndex + 1);
}

/** Figure 2, Leaders: empty AppendEntries, "repeat during idle periods", so that nobody stands for election. */
export function onHeartbeatTimer(node: RaftNode): void {
  if (node.volatile.role !== 'leader') return;
  if (node.options.checkQuorum && !hasHeardMajority(node)) {
    node.mark('lost-quorum', { term: node.durable.currentTerm });
    becomeFollower(node);
    return;
  }
  giveUpSilentLearners(node);
  giveUpStalledTransfer(node);
  node.setTimer('heartbeat', sendDueHeartbeats(node));
}

/** To followers that were sent nothing for a heartbeat interval. @returns after how long the next one will be due. */
function sendDueHeartbeats(node: RaftNode): Micros {
  const interval = heartbeatInterval(node);
  const now = node.monotonic();
  let next = interval;
  let latest: AppendEntries | undefined;
  for (const peer of readOnly(node.volatile.others)) {
    const progress = node.volatile.progress[peer];
    if (progress === undefined) continue;
    const left = progress.sentAt + interval - now;
    if (left > 0) next = Math.min(next, left);
    else latest = sendHeartbeat(node, peer, progress, latest);
  }
  return next;
}

/** Asks all followers at once: the number of the round tells later who has answered since now. */
export function beginRound(node: RaftNode): void {
  const { volatile } = node;
  volatile.round += 1;
  let latest: AppendEntries | undefined;
  for (const peer of readOnly(volatile.others)) {
    const progress = volatile.progress[peer];
    if (progress !== undefined) latest = sendHeartbeat(node, peer, progress, latest);
  }
}

function sendHeartbeat(
  node: RaftNode,
  peer: NodeId,
  progress: Progress,
  latest: AppendEntries | undefined,
): AppendEntries {
  // What is on its way may be lost, or be overtaken: a heartbeat asks about what comes before it.
  const next = firstUnanswered(progress) ?? progress.nextIndex;
  // Below the snapshot nothing can be compared any more: asking about its last entry shows that the follower needs it.
  const prevLogIndex = Math.max(next - 1, lastIncludedIndex(node.durable));
  return sendAppendEntries(node, peer, progress, prevLogIndex, 0, latest);
}

/** @param latest what was sent to somebody else just now, with the same `entriesMax`: followers that are equally far get the same message. */
function sendAppendEntries(
  node: RaftNode,
  peer: NodeId,
  progress: Progress,
  prevLogIndex: number,
  entriesMax: number,
  latest: AppendEntries | undefined,
): AppendEntries {
  const { durable, volatile } = node;
  if (node.bug('credits-wrong-follower')) volatile.lastSentTo = peer;
  const now = node.monotonic();
  progress.sentAt = now;
  const message: AppendEntries =
    latest?.prevLogIndex === prevLogIndex
      ? latest
      : {
          type: 'AppendEntries',
          term: durable.currentTerm,
          prevLogIndex,
          prevLogTerm: termAt(durable, prevLogIndex) ?? 0,
          entries: entriesMax === 0 ? [] : entriesFrom(durable, prevLogIndex + 1, entriesMax),
          leaderCommit: volatile.commitIndex,
          round: volatile.round,
          sentAt: now,
        };
  node.send(peer, message);
  return message;
}

/** Thesis, 6.2. */
function hasHeardMajority(node: RaftNode): boolean {
  const now = node.monotonic();
  const heardAt = reachedByQuorum(node, now, (progress) => progress.heardAt);
  return now - heardAt <= ms(node.options.electionTimeoutMsMax);
}

// -- The follower receives --

/** Figure 2, AppendEntries RPC, receiver. */
export function onAppendEntries(node: RaftNode, message: AppendEntries, from: NodeId): void {
  const { durable } = node;
  // 1. of an older term: refuse
  if (message.term < durable.currentTerm) return refuse(node, message, from, 0, null);
  followLeader(node, message.term, from);
  // 2. the log does not contain the previous entry: refuse, and say where to try next
  const { prevLogIndex, prevLogTerm } = message;
  const last = lastLogIndex(durable);
  if (prevLogIndex > last) return refuse(node, message, from, last + 1, null);
  const kept = node.bug('keeps-conflicting-entry') ? entryAt(durable, prevLogIndex)?.term : undefined;
  const found = kept ?? termAt(durable, prevLogIndex);
  // (Below the snapshot everything is committed, and so the same as the leader's.)
  if (found !== undefined && found !== prevLogTerm) {
    return refuse(node, message, from, firstIndexOfTerm(durable, found), found);
  }
  appendNewEntries(node, message);
  followCommitIndex(node, message);
  node.send(from, {
    type: 'AppendEntriesReply',
    term: durable.currentTerm,
    success: true,
    matchIndex: prevLogIndex + message.entries.length,
    conflictIndex: 0,
    conflictTerm: null,
    round: message.round,
    sentAt: message.sentAt,
  });
}

/** Section 5.3, the optimisation: one refusal for each conflicting term, not for each conflicting entry. */
function refuse(
  node: RaftNode,
  message: AppendEntries,
  from: NodeId,
  conflictIndex: number,
  conflictTerm: number | null,
): void {
  node.mark('refused-append', { from, prevLogIndex: message.prevLogIndex, conflictIndex });
  node.send(from, {
    type: 'AppendEntriesReply',
    term: node.durable.currentTerm,
    success: false,
    matchIndex: 0,
    conflictIndex,
    conflictTerm,
    round: message.round,
    sentAt: message.sentAt,
  });
}

function appendNewEntries(node: RaftNode, message: AppendEntries): void {
  const { durable } = node;
  if (message.entries.length > 0) cutLog(durable);
  if (node.bug('truncates-unconditionally')) truncateFrom(node, message.prevLogIndex + 1);
  for (const entry of message.entries) {
    const existing = termAt(durable, entry.index);
    // What is there already stays: the message may be older than what follows it in the log.
    if (existing === entry.term || entry.index <= lastIncludedIndex(durable)) continue;
    // 3. another entry stands in its place: delete that and all that follow
    if (existing !== undefined) truncateFrom(node, entry.index);
    // 4. append what is not yet in the log
    durable.log.push(entry);
    noteAppended(node, entry);
  }
}

// -- The leader hears back --

export function onAppendEntriesReply(node: RaftNode, message: AppendEntriesReply, from: NodeId): void {
  const progress = answeringFollower(node, message, from);
  if (progress === undefined) return;
  if (message.success) noteMatch(node, progress, message.matchIndex);
  else backOff(node, progress, message);
  serveReads(node);
  // Of a full pipeline each message behind one that is missing is refused. One message for each refusal: were the pipeline filled
  // again, they would multiply.
  replicateTo(node, from, undefined, message.success ? node.options.pipelineMax : 1);
  noteFollowerMoved(node, from);
}

/** Notes that this follower was heard, and returns what is known of it; undefined where the reply is of another term. */
export function answeringFollower(
  node: RaftNode,
  reply: { readonly term: number; readonly round: number; readonly sentAt: number },
  from: NodeId,
): Progress | undefined {
  const { durable, volatile } = node;
  observeTerm(node, reply.term);
  if (volatile.role !== 'leader' || reply.term !== durable.currentTerm) return undefined;
  const credited = node.bug('credits-wrong-follower') ? (volatile.lastSentTo ?? from) : from;
  const progress = volatile.progress[credited];
  if (progress === undefined) return undefined;
  progress.heardAt = node.monotonic();
  progress.round = Math.max(progress.round, reply.round);
  progress.answeredAt = Math.max(progress.answeredAt, reply.sentAt);
  return progress;
}

/** Figure 2, Leaders: if successful, update nextIndex and matchIndex. Replies may be late or doubled: both only rise. */
export function noteMatch(node: RaftNode, progress: Progress, matchIndex: number): void {
  const inFlight = readOnly(progress.inFlight);
  let arrived = 0;
  while (arrived < inFlight.length && (readItem(inFlight, arrived)?.last ?? 0) <= matchIndex) arrived += 1;
  if (arrived > 0) progress.inFlight = inFlight.slice(arrived);
  if (matchIndex <= progress.matchIndex) return;
  progress.matchIndex = matchIndex;
  progress.nextIndex = Math.max(progress.nextIndex, matchIndex + 1);
  if (matchIndex > node.volatile.commitIndex) advanceCommitIndex(node);
}

/** What may wait for a follower to have come this far. */
export function noteFollowerMoved(node: RaftNode, from: NodeId): void {
  const { change, transfer, progress } = node.volatile;
  if (change !== null) noteCatchUp(node, from, progress[from]?.matchIndex ?? 0);
  if (transfer !== null) continueTransfer(node);
}

/** Figure 2, Leaders: if AppendEntries fails because of log inconsistency, decrement nextIndex and retry; section 5.3, faster. */
function backOff(node: RaftNode, progress: Progress, message: AppendEntriesReply): void {
  const { conflictIndex, conflictTerm } = message;
  const sameTerm = conflictTerm === null ? undefined : lastIndexOfTerm(node.durable, conflictTerm);
  const nextIndex = sameTerm === undefined ? conflictIndex : sameTerm + 1;
  // A late refusal, from before the follower caught up (or the follower's disk has forgotten what it acknowledged).
  if (nextIndex <= progress.matchIndex) return;
  progress.nextIndex = Math.min(progress.nextIndex, nextIndex);
  progress.inFlight = [];
}

import { ms, readItem, readOnly, type Request, type Session } from '../../engine/index.js';
import { readKey, type KeyValueCommand } from '../parts/key-value.js';
import { lastLogIndex } from './log.js';
import type { PendingUpdate, Raft, RaftNode } from './shape.js';
import { reachedByQuorum } from './quorum.js';
import { appendToOwnLog, replicateNewEntries, beginRound } from './replication.js';

// -- Updates --

/** Figure 2, Leaders: a command from a client is appended to the log, and answered once it is applied. */
export function onUpdate(
  node: RaftNode,
  ref: PendingUpdate['ref'],
  command: KeyValueCommand,
  session: Session | null,
): void {
  const { durable, volatile, options } = node;
  if (volatile.role !== 'leader') return node.redirect(ref, volatile.leader);
  // Thesis, 3.10: while it hands over, a leader takes no more.
  if (volatile.transfer !== null) return node.redirect(ref, volatile.transfer.to);
  if (lastLogIndex(durable) - volatile.commitIndex >= options.pendingMax) return node.fail(ref, 'overloaded');
  // The entry may commit as it is appended (a cluster of one), so whoever waits is filed first.
  volatile.updates.set(lastLogIndex(durable) + 1, { ref, term: durable.currentTerm });
  appendToOwnLog(node, command, session);
  replicateNewEntries(node);
}

// -- Reads --

/**
 * Thesis, 6.4: a read is linearizable if this node still led when it asked around after the read had come, and if it has
 * applied all that was committed by then. What earlier leaders committed a leader knows once its own no-op is committed,
 * so the read waits for that too.
 */
export function onRead(node: RaftNode, { ref, args }: Request<Raft, 'read'>): void {
  const { volatile, options } = node;
  if (options.readMode === 'local') return node.reply(ref, readKey(volatile.machine.data, args.key));
  if (volatile.role !== 'leader') return node.redirect(ref, volatile.leader);
  if (node.bug('reads-local')) return node.reply(ref, readKey(volatile.machine.data, args.key));
  if (options.readMode === 'lease' && holdsLease(node)) {
    node.mark('lease-read-served');
    return node.reply(ref, readKey(volatile.machine.data, args.key));
  }
  const waiting = readOnly(volatile.reads).length;
  if (waiting >= options.pendingMax) return node.fail(ref, 'overloaded');
  const readIndex = node.bug('reads-before-own-term-commit')
    ? volatile.commitIndex
    : Math.max(volatile.commitIndex, volatile.termStartIndex);
  // One round serves all reads that have gathered: who comes while a round is under way waits for the next.
  const underWay = waiting > 0 && confirmedRound(node) < volatile.round;
  volatile.reads.push({ ref, key: args.key, readIndex, round: volatile.round + 1 });
  if (!underWay) beginRound(node);
  serveReads(node);
}

/** The latest round of heartbeats that a quorum has answered. */
function confirmedRound(node: RaftNode): number {
  return reachedByQuorum(node, node.volatile.round, (progress) => progress.round);
}

/** Serves the reads whose round a majority has answered and whose index is applied. Both rise along the list. */
export function serveReads(node: RaftNode): void {
  const { volatile } = node;
  const reads = readOnly(volatile.reads);
  if (reads.length === 0) return;
  const confirmed = confirmedRound(node);
  let served = 0;
  for (const { ref, key, readIndex, round } of reads) {
    if (round > confirmed || readIndex > volatile.lastApplied) break;
    node.mark('read-index-served');
    node.reply(ref, readKey(readOnly(volatile.machine.data), key));
    served += 1;
  }
  if (served > 0) volatile.reads = reads.slice(served);
  // Those that came meanwhile. (Where a round is lost, the next heartbeats carry its number, and their answers end it.)
  const latest = served < reads.length ? readItem(reads, reads.length - 1) : undefined;
  if (latest !== undefined && latest.round > volatile.round && confirmed === volatile.round) beginRound(node);
}

/** A read changes nothing, so another node may be asked. */
export function redirectReads(node: RaftNode): void {
  const { volatile } = node;
  for (const { ref } of volatile.reads) node.redirect(ref, volatile.leader);
  volatile.reads = [];
}

/**
 * Thesis, 6.4.1: whoever answered a heartbeat votes for nobody else for the shortest election time-out after it, and
 * a majority of such promises outlasts this node's reading of its own clock, if no clock's rate is off by more than
 * `leaseDriftMax`. The lease counts from when the answered heartbeat was sent.
 */
function holdsLease(node: RaftNode): boolean {
  const { volatile, options } = node;
  if (volatile.lastApplied < volatile.termStartIndex || volatile.leaseGivenUp) return false;
  const now = node.monotonic();
  const answeredAt = reachedByQuorum(node, now, (progress) => progress.answeredAt);
  const length = (ms(options.electionTimeoutMsMin) * (1 - options.leaseDriftMax)) / (1 + options.leaseDriftMax);
  return now - answeredAt < length;
}

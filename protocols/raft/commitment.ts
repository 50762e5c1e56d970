import type { MessageOfType } from '../../engine/index.js';
import { applyOnce, type KeyValueResult } from '../parts/key-value.js';
import { entryAt, lastLogIndex, termAt } from './log.js';
import { noteConfigurationCommitted } from './membership.js';
import type { Entry, PendingUpdate, Raft, RaftNode } from './shape.js';
import { reachedByQuorum } from './quorum.js';
import { takeSnapshot } from './snapshot.js';

/**
 * Figure 2, Leaders, last rule: what a majority stores is committed, if it is of the leader's own term. Of older entries
 * that is not enough (section 5.4.2 and Figure 8): they commit with the first own entry that follows them.
 */
export function advanceCommitIndex(node: RaftNode): void {
  const { durable, volatile } = node;
  const stored = reachedByQuorum(node, lastLogIndex(durable), (progress) => progress.matchIndex);
  if (stored <= volatile.commitIndex) return;
  if (termAt(durable, stored) !== durable.currentTerm && !node.bug('commits-old-term-entries')) {
    node.mark('commit-blocked-by-old-term', { index: stored, term: termAt(durable, stored) ?? null });
    return;
  }
  volatile.commitIndex = stored;
  applyCommitted(node);
  noteConfigurationCommitted(node);
}

/** Figure 2, AppendEntries RPC, receiver 5: the leader's commit index, as far as this message has proved the logs equal. */
export function followCommitIndex(node: RaftNode, message: MessageOfType<Raft, 'AppendEntries'>): void {
  const { durable, volatile } = node;
  const lastNew = message.prevLogIndex + message.entries.length;
  const known = node.bug('commits-past-new-entries') ? lastLogIndex(durable) : lastNew;
  const commitIndex = Math.min(message.leaderCommit, known);
  if (commitIndex <= volatile.commitIndex) return;
  volatile.commitIndex = commitIndex;
  applyCommitted(node);
}

/** Figure 2, All servers: apply what is committed, in order, and answer whoever waits here for it. */
function applyCommitted(node: RaftNode): void {
  const { durable, volatile } = node;
  while (volatile.lastApplied < volatile.commitIndex) {
    const entry = entryAt(durable, volatile.lastApplied + 1);
    // Only a planted bug brings a commit index past the log's end.
    if (entry === undefined) return;
    volatile.lastApplied = entry.index;
    answer(node, entry, apply(node, entry));
  }
  takeSnapshot(node);
}

/** @returns undefined for the no-op and where the session has gone on and nobody waits. */
function apply(node: RaftNode, { index, command, session }: Entry): KeyValueResult | undefined {
  if (command.op === 'noop') return undefined;
  // In force since it is in the log.
  if (command.op === 'configuration') return null;
  const application = applyOnce(node.volatile.machine, command, session, index, node.options.sessionsMax);
  if (application.session !== 'new') node.mark('retried-session-request', { index, session: application.session });
  return application.session === 'stale' ? undefined : application.result;
}

function answer(node: RaftNode, entry: Entry, result: KeyValueResult | undefined): void {
  const { volatile } = node;
  if (volatile.updates.size === 0) return;
  const waiting = volatile.updates.get(entry.index);
  if (waiting === undefined) return;
  volatile.updates.delete(entry.index);
  if (waiting.term !== entry.term) redirectOverwritten(node, entry, waiting);
  else if (result !== undefined) node.reply(waiting.ref, result as boolean | null);
}

/** Another entry was committed where this client's stood: that one never will be, and may be asked for again. */
function redirectOverwritten(node: RaftNode, entry: Entry, waiting: PendingUpdate): void {
  node.mark('update-overwritten', { index: entry.index, term: waiting.term });
  node.redirect(waiting.ref, node.volatile.leader);
}

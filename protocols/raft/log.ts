import { readItem, readOnly, type Damage, type DeepReadonly } from '../../engine/index.js';
import { noteTruncated } from './configuration.js';
import type { Entry, RaftDurable, RaftNode } from './shape.js';

type Durable = DeepReadonly<RaftDurable>;

// The snapshot and the log are two places on the disk, and a crash may find one written and not the other. So a snapshot
// is written first, and what it covers is cut from the log in a later step: until then the log overlaps it.

/** Everything up to here is in the snapshot. */
export function lastIncludedIndex(durable: Durable): number {
  const { snapshot } = readOnly(durable);
  return snapshot === null ? 0 : snapshot.lastIncludedIndex;
}

/** The index before the first entry that stands in the log. */
export function indexBeforeLog(durable: Durable): number {
  const first = readItem(readOnly(durable).log, 0);
  return first === undefined ? lastIncludedIndex(durable) : first.index - 1;
}

export function lastLogIndex(durable: Durable): number {
  return Math.max(lastIncludedIndex(durable), indexBeforeLog(durable) + readOnly(durable).log.length);
}

export function lastLogTerm(durable: Durable): number {
  return termAt(durable, lastLogIndex(durable)) ?? 0;
}

/** Undefined where the log does not reach, and where the snapshot has taken the entry's place. */
export function entryAt(durable: Durable, index: number): Entry | undefined {
  return readItem(readOnly(durable).log, index - indexBeforeLog(durable) - 1);
}

/** The term of the entry at this index: 0 before the first entry, undefined where nobody can say. */
export function termAt(durable: Durable, index: number): number | undefined {
  const included = lastIncludedIndex(durable);
  if (index === included) return readOnly(durable).snapshot?.lastIncludedTerm ?? 0;
  return index < included ? undefined : entryAt(durable, index)?.term;
}

/** The entries from this index on, which must lie above the snapshot, at most so many. */
export function entriesFrom(durable: Durable, index: number, entriesMax: number): readonly Entry[] {
  const { log } = readOnly(durable);
  const first = index - indexBeforeLog(durable) - 1;
  const entries: Entry[] = [];
  for (let place = first; place < log.length && entries.length < entriesMax; place += 1) {
    const entry = readItem(log, place);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** The first index in the log whose term is at least this; one past the end where there is none. Terms never fall along a log. */
export function firstIndexOfTerm(durable: Durable, term: number): number {
  const { log } = readOnly(durable);
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((log[middle]?.term ?? 0) < term) low = middle + 1;
    else high = middle;
  }
  return indexBeforeLog(durable) + 1 + low;
}

/** The last index in the log with exactly this term, or undefined. */
export function lastIndexOfTerm(durable: Durable, term: number): number | undefined {
  const index = firstIndexOfTerm(durable, term + 1) - 1;
  return termAt(durable, index) === term ? index : undefined;
}

/** Section 5.4.1: the later last term wins, then the longer log. */
export function isUpToDate(node: RaftNode, candidate: { lastLogIndex: number; lastLogTerm: number }): boolean {
  const ownIndex = lastLogIndex(node.durable);
  const ownTerm = lastLogTerm(node.durable);
  if (node.bug('skips-log-check')) return true;
  if (node.bug('compares-length-only')) return candidate.lastLogIndex >= ownIndex;
  if (node.bug('refuses-only-if-both-higher'))
    return !(ownTerm > candidate.lastLogTerm && ownIndex > candidate.lastLogIndex);
  return candidate.lastLogTerm > ownTerm || (candidate.lastLogTerm === ownTerm && candidate.lastLogIndex >= ownIndex);
}

/** Removes the entry at this index and all that follow. */
export function truncateFrom(node: RaftNode, index: number): void {
  const { durable } = node;
  const keep = Math.max(0, index - indexBeforeLog(durable) - 1);
  if (keep >= durable.log.length) return;
  node.mark('truncated-log', { from: index, to: lastLogIndex(durable) });
  durable.log.length = keep;
  noteTruncated(node, index);
}

/**
 * Cuts what an earlier step's snapshot covers: all of the log where it does not reach beyond. Called before anything is
 * appended, and at a restart; never in the step that writes the snapshot.
 */
export function cutLog(durable: RaftDurable): void {
  const included = lastIncludedIndex(durable);
  const before = indexBeforeLog(durable);
  if (before < included) durable.log = durable.log.slice(included - before);
}

/**
 * Looks at what the disk gave back. Nothing that a node has said rests on writes that were not synced, so an append that
 * a crash tore may be dropped. Anything else that is damaged may have been promised or committed: to go on without it
 * could lose an acknowledged entry (Protocol-Aware Recovery, FAST 2018) or vote twice, so the node stays down.
 *
 * @returns false where the node was halted.
 */
export function repairDurable(node: RaftNode, damage: readonly Damage[]): boolean {
  const { durable } = node;
  for (const { field, index, kind } of damage) {
    const mayCut = kind === 'torn' || node.bug('truncates-corrupt-tail');
    if (field !== 'log' || index === undefined || !mayCut) {
      const place = index === undefined ? field : `${field}[${index}]`;
      node.halt(`${place} on the disk is ${kind}: what it held may be committed or promised`);
      return false;
    }
    node.mark('dropped-torn-tail', { place: index });
    durable.log.length = Math.min(durable.log.length, index);
  }
  cutLog(durable);
  if (indexBeforeLog(durable) > lastIncludedIndex(durable)) {
    node.halt(`the log begins after ${indexBeforeLog(durable)} and the snapshot ends at ${lastIncludedIndex(durable)}`);
    return false;
  }
  // Of a last step that was not synced, the vote or an entry may be there and its term not. Nobody was told of them yet.
  durable.currentTerm = Math.max(durable.currentTerm, durable.votedFor?.term ?? 0, lastLogTerm(durable));
  return true;
}

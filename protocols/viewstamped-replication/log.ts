import type { DeepReadonly } from '../../engine/index.js';
import { copyKeyValueMachine, emptyKeyValueMachine } from '../parts/key-value.js';
import type { Checkpoint, Entry, LogPart, Replica, ViewstampedReplicationVolatile } from './shape.js';

type Log = DeepReadonly<Pick<ViewstampedReplicationVolatile, 'log' | 'logStart'>>;

export function emptyCheckpoint(): Checkpoint {
  return { opNumber: 0, machine: emptyKeyValueMachine() };
}

/** The replica's op-number: that of the latest request in its log. */
export function opNumber({ log, logStart }: Log): number {
  return logStart + log.length;
}

export function entryAt({ log, logStart }: Log, n: number): Entry | undefined {
  return log[n - logStart - 1];
}

/** @param n where the other one's log ends, as far as it can be used. */
export function logAfter({ volatile }: Replica, n: number): LogPart {
  const { log, logStart } = volatile;
  if (n >= logStart) return { after: n, entries: log.slice(n - logStart), checkpoint: null };
  return wholeLog(volatile);
}

/** Section 5.1: the checkpoint, and the log after it, is all that anybody can need. */
export function wholeLog({ log, logStart, checkpoint }: ViewstampedReplicationVolatile): LogPart {
  return { after: checkpoint.opNumber, entries: log.slice(checkpoint.opNumber - logStart), checkpoint };
}

/** Can the log that this is a part of be had from it here? */
export function canUse({ volatile }: Replica, part: DeepReadonly<LogPart>): boolean {
  return part.checkpoint !== null || part.after <= volatile.commitNumber;
}

/**
 * Takes over another replica's log. What is committed here is in it, and stays; everything behind that is replaced, in
 * this one step.
 */
export function adoptLog(replica: Replica, part: DeepReadonly<LogPart>): void {
  const { volatile } = replica;
  if (part.after > volatile.commitNumber && part.checkpoint !== null) install(replica, part.checkpoint);
  truncate(replica);
  extendLog(replica, part);
}

/** Appends what comes after the own last entry. The part must not leave a gap. */
export function extendLog({ volatile }: Replica, { entries }: DeepReadonly<LogPart>): void {
  for (const entry of entries) if (entry.opNumber === opNumber(volatile) + 1) append(volatile, entry);
}

export function append(volatile: ViewstampedReplicationVolatile, entry: Entry): void {
  volatile.log.push(entry);
  noteUnderWay(volatile, entry);
}

function noteUnderWay({ underWay }: ViewstampedReplicationVolatile, { session, opNumber }: Entry): void {
  if (session !== null) underWay.set(session.client, { sequence: session.sequence, opNumber });
}

/** Removes all entries after the commit-number, and what the client-table knows of them. */
export function truncate({ volatile }: Replica): void {
  volatile.log.splice(volatile.commitNumber - volatile.logStart);
  volatile.underWay.clear();
}

function install(replica: Replica, { opNumber, machine }: DeepReadonly<Checkpoint>): void {
  const { volatile } = replica;
  replica.mark('installed-checkpoint', { opNumber });
  volatile.checkpoint = { opNumber, machine: copyKeyValueMachine(machine) };
  volatile.machine = copyKeyValueMachine(machine);
  volatile.commitNumber = opNumber;
  volatile.logStart = opNumber;
  volatile.log = [];
}

/**
 * Section 5.1: a checkpoint every so many operations, and the log before it is cut. One checkpoint's worth of entries stays, for
 * those who are only a little late.
 */
export function takeCheckpoint(replica: Replica): void {
  const { volatile, options } = replica;
  const { checkpoint, commitNumber } = volatile;
  if (commitNumber - checkpoint.opNumber < options.checkpointAfter) return;
  replica.mark('took-checkpoint', { opNumber: commitNumber });
  volatile.checkpoint = { opNumber: commitNumber, machine: copyKeyValueMachine(volatile.machine) };
  const cut = checkpoint.opNumber - volatile.logStart;
  if (cut <= 0) return;
  volatile.log.splice(0, cut);
  volatile.logStart = checkpoint.opNumber;
}

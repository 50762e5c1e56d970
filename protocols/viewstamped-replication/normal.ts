import { ms, type MessageOfType, type NodeId } from '../../engine/index.js';
import { executeUpTo } from './execution.js';
import { isPrimary, leads, quorum, tellOthers } from './group.js';
import { grantLease, noteLease } from './lease.js';
import { append, opNumber } from './log.js';
import { askStartEpoch } from './reconfiguration.js';
import { retryRecovery } from './recovery.js';
import { askForState, hearOfLaterView } from './state-transfer.js';
import { repeatViewChange } from './view-change.js';
import type { Entry, Replica, ViewstampedReplication } from './shape.js';

// -- The primary --

/** Section 4.1, step 3: the next op-number, into the log, and PREPARE to the others. */
export function prepare(replica: Replica, entry: Entry): void {
  const { volatile } = replica;
  append(volatile, entry);
  tellOthers(replica, prepareMessage(replica, entry));
  commitPrepared(replica);
}

function prepareMessage({ volatile }: Replica, m: Entry): MessageOfType<ViewstampedReplication, 'Prepare'> {
  const { epochNumber: e, viewNumber: v, commitNumber: k } = volatile;
  return { type: 'Prepare', e, v, m, n: m.opNumber, k };
}

/** Step 5: PREPAREOK for n says that everything up to n is in the backup's log. */
export function onPrepareOk(
  replica: Replica,
  { v, n }: MessageOfType<ViewstampedReplication, 'PrepareOk'>,
  from: NodeId,
): void {
  const { volatile } = replica;
  if (v !== volatile.viewNumber || !isPrimary(replica)) return;
  const at = replica.bug('counts-messages-not-senders')
    ? -1
    : volatile.prepared.findIndex(({ backup }) => backup === from);
  if (at < 0) volatile.prepared.push({ backup: from, n });
  else if (n > volatile.prepared[at]!.n) volatile.prepared[at] = { backup: from, n };
  commitPrepared(replica);
}

/** What f backups have prepared, with the primary that is f + 1, is committed. */
export function commitPrepared(replica: Replica): void {
  const { volatile } = replica;
  const f = quorum(volatile.configuration) - 1;
  const k = f === 0 ? opNumber(volatile) : preparedBy(volatile.prepared, f);
  if (k > volatile.commitNumber) executeUpTo(replica, k);
}

/** How far so many backups have prepared. */
function preparedBy(prepared: readonly { readonly n: number }[], f: number): number {
  let highest = 0;
  for (const { n } of prepared) {
    let backups = 0;
    for (const other of prepared) if (other.n >= n) backups += 1;
    if (backups >= f && n > highest) highest = n;
  }
  return highest;
}

// -- Backups --

export function onPrepare(
  replica: Replica,
  { v, m, n, k }: MessageOfType<ViewstampedReplication, 'Prepare'>,
  from: NodeId,
): void {
  const { volatile, options } = replica;
  if (!follows(replica, v, from)) return;
  const { early } = volatile;
  if (n === opNumber(volatile) + 1 && early.size === 0) append(volatile, m);
  else if (n > opNumber(volatile) && early.size < options.windowMax) early.set(n, m);
  appendEarly(replica);
  // Step 4: a backup waits until it has all earlier requests in its log; if they do not come by themselves, it asks for them.
  if (n > opNumber(volatile)) volatile.behind = v;
  else if (early.size === 0) volatile.behind = null;
  if (n <= opNumber(volatile)) sendPrepareOk(replica, from);
  executeUpTo(replica, k);
}

function appendEarly({ volatile }: Replica): void {
  const { early } = volatile;
  while (early.size > 0) {
    const n = opNumber(volatile) + 1;
    const entry = early.get(n);
    if (entry === undefined) break;
    early.delete(n);
    append(volatile, entry);
  }
}

export function sendPrepareOk(replica: Replica, primary: NodeId): void {
  const { epochNumber: e, viewNumber: v } = replica.volatile;
  replica.send(primary, { type: 'PrepareOk', e, v, n: opNumber(replica.volatile) });
}

/** Step 6: a primary that has nothing to prepare says what is committed. */
export function onCommit(
  replica: Replica,
  { v, k, sentAt }: MessageOfType<ViewstampedReplication, 'Commit'>,
  from: NodeId,
): void {
  const { volatile } = replica;
  if (!follows(replica, v, from)) return;
  if (k > opNumber(volatile)) volatile.behind = v;
  executeUpTo(replica, k);
  if (replica.options.fastReads) grantLease(replica, v, sentAt, from);
}

export function onLeaseGranted(
  replica: Replica,
  { v, sentAt }: MessageOfType<ViewstampedReplication, 'LeaseGranted'>,
  from: NodeId,
): void {
  if (v === replica.volatile.viewNumber && isPrimary(replica)) noteLease(replica, from, sentAt);
}

/** @returns true where this replica is a backup in the view of the primary that has spoken. */
function follows(replica: Replica, v: number, primary: NodeId): boolean {
  const { volatile } = replica;
  if (v < volatile.viewNumber) return false;
  volatile.timerResetAt = replica.monotonic();
  if (v === volatile.viewNumber && volatile.status === 'normal') return true;
  hearOfLaterView(replica, v, primary);
  return false;
}

// -- Again and again --

/** COMMIT, and whatever was asked and not answered, as messages get lost. */
export function onHeartbeatTimer(replica: Replica): void {
  const { volatile, options } = replica;
  replica.setTimer('heartbeat', ms(options.heartbeatMs));
  askStartEpoch(replica);
  if (volatile.status === 'recovering') retryRecovery(replica);
  else if (volatile.status === 'view-change') repeatViewChange(replica);
  else if (leads(replica)) leadOn(replica);
  if (volatile.behind !== null) askForState(replica);
}

/** Deviation: COMMIT is sent whether or not requests have come meanwhile. */
export function leadOn(replica: Replica): void {
  const { volatile } = replica;
  const { epochNumber: e, viewNumber: v, commitNumber: k, opNumberAtHeartbeat, prepared } = volatile;
  tellOthers(replica, { type: 'Commit', e, v, k, sentAt: replica.monotonic() });
  const last = volatile.log.at(-1);
  if (last !== undefined && k < opNumberAtHeartbeat) {
    for (const other of volatile.configuration) {
      const n = prepared.find(({ backup }) => backup === other)?.n ?? 0;
      if (other !== replica.id && n < opNumberAtHeartbeat) replica.send(other, prepareMessage(replica, last));
    }
  }
  volatile.opNumberAtHeartbeat = opNumber(volatile);
}

import type { MessageOfType, NodeId } from '../../engine/index.js';
import { executeUpTo } from './execution.js';
import { isPrimary, primaryOf } from './group.js';
import { adoptLog, canUse, extendLog, logAfter, opNumber, truncate } from './log.js';
import { sendPrepareOk } from './normal.js';
import { becomeUpToDate } from './reconfiguration.js';
import type { Replica, ViewstampedReplication } from './shape.js';

/*
 * Section 5.2, state transfer. In the own view only what follows the own log is missing. In a later view, what is not committed
 * here may have been replaced.
 *
 * As published, the log is cut down to the commit-number as soon as a replica hears of a later view, and then the rest is
 * asked for. What it has prepared, and others have counted on, is then gone, and whether an answer comes is open: after
 * three view changes a committed operation can be lost (Vanlightly, analysis of VR Revisited, part 3, 2022).
 * Deviation: the replica stays as it is until the answer comes, and takes that over in one step. `truncatesEarly` shows
 * what is published.
 */

/** A view has begun without this replica. */
export function hearOfLaterView(replica: Replica, v: number, from: NodeId): void {
  const { volatile, options } = replica;
  if (volatile.behind !== null && volatile.behind >= v) return;
  replica.mark('heard-of-later-view', { v });
  volatile.behind = v;
  if (options.truncatesEarly) truncateEarly(replica, v);
  sendGetState(replica, from);
}

/** As published. Of this view the replica knows nothing yet, so that its status there is not normal. */
function truncateEarly(replica: Replica, v: number): void {
  const { volatile } = replica;
  if (opNumber(volatile) > volatile.commitNumber) replica.mark('truncated-early');
  truncate(replica);
  volatile.viewNumber = v;
  volatile.status = 'view-change';
  volatile.startViewChanges = [];
  volatile.doViewChanges.clear();
  volatile.didViewChange = false;
  volatile.waiting.clear();
}

/** Asks one replica, and another one the next time: the primary first. */
export function askForState(replica: Replica): void {
  const { volatile } = replica;
  const { configuration, oldConfiguration, viewNumber, status } = volatile;
  const first = primaryOf(volatile, volatile.behind ?? viewNumber);
  const group = status === 'transitioning' ? [...configuration, ...oldConfiguration] : configuration;
  const others = group.filter((other) => other !== replica.id && other !== first);
  const candidates = first === replica.id ? others : [first, ...others];
  const asked = candidates[volatile.asked % candidates.length];
  volatile.asked += 1;
  if (asked !== undefined) sendGetState(replica, asked);
}

function sendGetState(replica: Replica, to: NodeId): void {
  const { volatile } = replica;
  const v = volatile.behind ?? volatile.viewNumber;
  const sameView = v === volatile.viewNumber && volatile.status === 'normal';
  const n = sameView ? opNumber(volatile) : volatile.commitNumber;
  replica.send(to, { type: 'GetState', e: volatile.epochNumber, v, n });
}

/** Answered where the status is normal, in this view or, as that is as good, a later one. */
export function onGetState(
  replica: Replica,
  { v, n }: MessageOfType<ViewstampedReplication, 'GetState'>,
  from: NodeId,
): void {
  const { volatile } = replica;
  const { status, viewNumber, epochNumber: e, commitNumber: k } = volatile;
  if (status === 'normal' && viewNumber >= v) {
    replica.send(from, { type: 'NewState', e, v: viewNumber, log: logAfter(replica, n), n: opNumber(volatile), k });
  } else if (e > 0 && v === 0) tellOfOldEpoch(replica, n, from);
}

/**
 * Section 7.1.2: what the epoch began with can be had from whoever has it, from a replaced replica above all. No more than that:
 * in which view the rest was committed is not known to whoever is still in view 0.
 */
function tellOfOldEpoch(replica: Replica, after: number, to: NodeId): void {
  const { epochNumber: e, epochStart, commitNumber } = replica.volatile;
  const log = logAfter(replica, after);
  if (commitNumber < epochStart || log.after > epochStart) return;
  const entries = log.entries.filter(({ opNumber }) => opNumber <= epochStart);
  replica.send(to, { type: 'NewState', e, v: 0, log: { ...log, entries }, n: epochStart, k: epochStart });
}

export function onNewState(
  replica: Replica,
  { v, log, n, k }: MessageOfType<ViewstampedReplication, 'NewState'>,
): void {
  const { volatile } = replica;
  if (v < volatile.viewNumber) return;
  if (v === volatile.viewNumber && volatile.status === 'normal') {
    if (n <= opNumber(volatile) || isPrimary(replica)) return;
    if (log.after <= opNumber(volatile)) extendLog(replica, log);
    else if (canUse(replica, log)) adoptLog(replica, log);
    else return;
  } else {
    if (!canUse(replica, log)) return;
    adoptLog(replica, log);
    if (volatile.status === 'transitioning') executeUpTo(replica, k);
    if (!becomeUpToDate(replica)) return;
    enterView(replica, v);
  }
  replica.mark('caught-up', { n });
  settle(replica, k);
}

/** From now on a backup in this view. */
export function enterView(replica: Replica, v: number): void {
  const { volatile } = replica;
  volatile.status = 'normal';
  volatile.viewNumber = v;
  volatile.lastNormalView = v;
  volatile.waiting.clear();
  volatile.timerResetAt = replica.monotonic();
}

/** The log is that of the view: what it is said to have committed is executed, and what is not committed is prepared. */
export function settle(replica: Replica, k: number): void {
  const { volatile } = replica;
  volatile.behind = null;
  volatile.early.clear();
  if (opNumber(volatile) > k) sendPrepareOk(replica, primaryOf(volatile, volatile.viewNumber));
  executeUpTo(replica, k);
}

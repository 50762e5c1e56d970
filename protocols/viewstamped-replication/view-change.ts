import type { DeepReadonly, MessageOfType, NodeId } from '../../engine/index.js';
import { armElectionTimer, electionTimedOut } from '../parts/election-timer.js';
import { forgetStale, isStale, mergeCrashVector } from './crash-vector.js';
import { isPrimary, leads, primaryOf, quorum, tellOthers } from './group.js';
import { leaseLeft } from './lease.js';
import { adoptLog, canUse, logAfter, opNumber, wholeLog } from './log.js';
import { commitPrepared } from './normal.js';
import { enterView, hearOfLaterView, settle } from './state-transfer.js';
import { executeUpTo } from './execution.js';
import type { Replica, Report, ViewstampedReplication } from './shape.js';

/** A backup has not heard its primary for its time-out, or a view change has come to nothing within it. */
export function onElectionTimer(replica: Replica): void {
  const { volatile } = replica;
  const { status } = volatile;
  if (leads(replica) || !(status === 'normal' || status === 'view-change')) return armElectionTimer(replica);
  if (electionTimedOut(replica)) startViewChange(replica, Math.max(volatile.viewNumber, volatile.behind ?? 0) + 1);
}

// -- Section 4.2, step 1: the need for a view change is noticed, here or elsewhere --

function startViewChange(replica: Replica, v: number): void {
  const { volatile } = replica;
  replica.mark('started-view-change', { v });
  volatile.viewNumber = v;
  volatile.status = 'view-change';
  volatile.startViewChanges = [];
  volatile.doViewChanges = new Map();
  volatile.didViewChange = false;
  volatile.behind = null;
  volatile.early.clear();
  volatile.waiting.clear();
  tellOthers(replica, { type: 'StartViewChange', e: volatile.epochNumber, v });
  armElectionTimer(replica);
  considerDoViewChange(replica);
}

export function onStartViewChange(
  replica: Replica,
  { v }: MessageOfType<ViewstampedReplication, 'StartViewChange'>,
  from: NodeId,
): void {
  const { volatile } = replica;
  if (v > volatile.viewNumber) startViewChange(replica, v);
  if (v === volatile.viewNumber && volatile.status === 'view-change') noteStartViewChange(replica, from);
}

function noteStartViewChange(replica: Replica, from: NodeId): void {
  const { startViewChanges } = replica.volatile;
  if (!startViewChanges.includes(from)) startViewChanges.push(from);
  considerDoViewChange(replica);
}

// -- Step 2: upon STARTVIEWCHANGE from f others, the new primary is told what is here --

function considerDoViewChange(replica: Replica): void {
  const { volatile } = replica;
  const { configuration, epochNumber: e, viewNumber: v } = volatile;
  if (volatile.didViewChange || volatile.startViewChanges.length < quorum(configuration) - 1) return;
  const left = leaseLeft(replica);
  if (left > 0) {
    replica.mark('waits-for-lease');
    return replica.setTimer('lease', left);
  }
  volatile.didViewChange = true;
  const primary = primaryOf(volatile, v);
  if (primary === replica.id) considerStartView(replica);
  else replica.send(primary, { type: 'DoViewChange', e, v, ...report(replica) });
}

export function onLeaseTimer(replica: Replica): void {
  if (replica.volatile.status === 'view-change') considerDoViewChange(replica);
}

/** Section 5.3: of the log, only what follows the checkpoint. The new primary may lack that, so it is sent along. */
function report({ volatile }: Replica): Report {
  const { lastNormalView, commitNumber, crashVector } = volatile;
  return { vNormal: lastNormalView, n: opNumber(volatile), k: commitNumber, log: wholeLog(volatile), crashVector };
}

/** What was sent for this view may be lost. */
export function repeatViewChange(replica: Replica): void {
  const { volatile } = replica;
  const { epochNumber: e, viewNumber: v, didViewChange } = volatile;
  tellOthers(replica, { type: 'StartViewChange', e, v });
  const primary = primaryOf(volatile, v);
  if (didViewChange && primary !== replica.id) {
    replica.send(primary, { type: 'DoViewChange', e, v, ...report(replica) });
  }
}

// -- Step 3: the new primary --

export function onDoViewChange(
  replica: Replica,
  message: MessageOfType<ViewstampedReplication, 'DoViewChange'>,
  from: NodeId,
): void {
  const { volatile } = replica;
  const { v, vNormal, n, k, log, crashVector } = message;
  if (isStale(replica, from, crashVector)) return replica.mark('refused-stale-message', { from });
  if (v > volatile.viewNumber) startViewChange(replica, v);
  if (v !== volatile.viewNumber || volatile.status !== 'view-change') return;
  if (primaryOf(volatile, v) !== replica.id) return;
  mergeCrashVector(replica, crashVector);
  volatile.doViewChanges.set(from, { vNormal, n, k, log, crashVector });
  forgetStale(replica, volatile.doViewChanges);
  // Who sends this has started the view change, too.
  noteStartViewChange(replica, from);
  considerStartView(replica);
}

/**
 * Upon f + 1 DOVIEWCHANGE, the own one included: the log of those with the largest v', and of these the longest. Whatever was
 * committed was prepared at f + 1 replicas, of which one at least is among these.
 */
function considerStartView(replica: Replica): void {
  const { volatile } = replica;
  const { status, configuration, doViewChanges, viewNumber: v } = volatile;
  if (status !== 'view-change' || !volatile.didViewChange || doViewChanges.size + 1 < quorum(configuration)) return;
  let best: DeepReadonly<Report> = report(replica);
  let k = best.k;
  for (const other of doViewChanges.values()) {
    if (isBetter(replica, other, best)) best = other;
    k = Math.max(k, other.k);
  }
  adoptLog(replica, best.log);
  enterView(replica, v);
  startLeading(replica);
  replica.mark('started-view', { v, n: opNumber(volatile) });
  if (replica.bug('forgets-client-table')) volatile.underWay.clear();
  const { epochNumber: e, logStart } = volatile;
  tellOthers(replica, { type: 'StartView', e, v, log: logAfter(replica, logStart), n: opNumber(volatile), k });
  volatile.doViewChanges.clear();
  // Step 4: executes what is known to be committed, and goes on as in normal operation.
  executeUpTo(replica, k);
  if (isPrimary(replica)) commitPrepared(replica);
}

function isBetter(replica: Replica, a: DeepReadonly<Report>, b: DeepReadonly<Report>): boolean {
  if (a.vNormal !== b.vNormal && !replica.bug('picks-log-by-op-number')) return a.vNormal > b.vNormal;
  return a.n > b.n;
}

export function startLeading(replica: Replica): void {
  const { volatile } = replica;
  volatile.viewStart = opNumber(volatile);
  volatile.opNumberAtHeartbeat = volatile.viewStart;
  volatile.prepared = [];
  volatile.leases.clear();
  volatile.early.clear();
  volatile.behind = null;
}

// -- Step 5: the others --

export function onStartView(
  replica: Replica,
  { v, log, k }: MessageOfType<ViewstampedReplication, 'StartView'>,
  from: NodeId,
): void {
  const { volatile } = replica;
  if (v < volatile.viewNumber || (v === volatile.viewNumber && volatile.status === 'normal')) return;
  if (!canUse(replica, log)) return hearOfLaterView(replica, v, from);
  adoptLog(replica, log);
  enterView(replica, v);
  settle(replica, k);
}

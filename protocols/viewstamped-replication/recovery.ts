import type { DeepReadonly, MessageOfType, NodeId } from '../../engine/index.js';
import { forgetStale, isStale, mergeCrashVector, numberThisLife } from './crash-vector.js';
import { isPrimary, primaryOf, quorum, tellOthers } from './group.js';
import { keepForgottenLease } from './lease.js';
import { adoptLog, opNumber, wholeLog } from './log.js';
import { enterView, settle } from './state-transfer.js';
import type { Replica, Response, ViewstampedReplication } from './shape.js';

/*
 * Section 4.3, recovery without a disk. Until it has recovered, a replica takes part in nothing.
 *
 * Deviation: with crash vectors a round comes before, in which the replica learns how often it had crashed before. The nonce
 * tells answers to this recovery from answers to an earlier one.
 */

export function beginRecovery(replica: Replica): void {
  const { volatile, options } = replica;
  volatile.status = 'recovering';
  volatile.recoverAfter = null;
  // By the clock, as the paper suggests; and by chance, as a clock may be set back.
  volatile.nonce = `${replica.wall()}.${replica.random.integer('nonce', 0, 0xffff_ffff)}`;
  volatile.numbering = options.crashVectors ? [] : null;
  volatile.recoveryResponses = new Map();
  keepForgottenLease(replica);
  retryRecovery(replica);
}

export function retryRecovery(replica: Replica): void {
  const { epochNumber: e, nonce: x, numbering, crashVector } = replica.volatile;
  if (numbering !== null) tellOthers(replica, { type: 'CrashVectorRequest', e, x });
  else tellOthers(replica, { type: 'Recovery', e, x, crashVector });
}

export function onCrashVectorRequest(
  replica: Replica,
  { x }: MessageOfType<ViewstampedReplication, 'CrashVectorRequest'>,
  from: NodeId,
): void {
  const { epochNumber: e, crashVector } = replica.volatile;
  replica.send(from, { type: 'CrashVectorReply', e, x, crashVector });
}

export function onCrashVectorReply(
  replica: Replica,
  { x, crashVector }: MessageOfType<ViewstampedReplication, 'CrashVectorReply'>,
  from: NodeId,
): void {
  const { volatile } = replica;
  if (volatile.status !== 'recovering' || x !== volatile.nonce || volatile.numbering === null) return;
  mergeCrashVector(replica, crashVector);
  if (!volatile.numbering.includes(from)) volatile.numbering.push(from);
  if (volatile.numbering.length < quorum(volatile.configuration)) return;
  volatile.numbering = null;
  numberThisLife(replica);
  retryRecovery(replica);
}

/** Step 2: answered only where the status is normal. The primary sends the state along. */
export function onRecovery(
  replica: Replica,
  { x, crashVector }: MessageOfType<ViewstampedReplication, 'Recovery'>,
  from: NodeId,
): void {
  const { volatile } = replica;
  mergeCrashVector(replica, crashVector);
  forgetStale(replica, volatile.doViewChanges);
  if (volatile.status !== 'normal' && !replica.bug('answers-recovery-in-view-change')) return;
  replica.send(from, { type: 'RecoveryResponse', e: volatile.epochNumber, x, ...response(replica) });
}

function response(replica: Replica): Response {
  const { volatile } = replica;
  const { lastNormalView: v, commitNumber: k, viewStart, crashVector } = volatile;
  const state = isPrimary(replica) ? { log: wholeLog(volatile), n: opNumber(volatile), k, viewStart } : null;
  return { v, state, crashVector };
}

export function onRecoveryResponse(
  replica: Replica,
  message: MessageOfType<ViewstampedReplication, 'RecoveryResponse'>,
  from: NodeId,
): void {
  const { volatile } = replica;
  const { x, v, state, crashVector } = message;
  if (volatile.status !== 'recovering' || volatile.numbering !== null) return;
  if (x !== volatile.nonce && !replica.bug('ignores-nonce')) return replica.mark('refused-nonce');
  if (isStale(replica, from, crashVector)) return replica.mark('refused-stale-message', { from });
  mergeCrashVector(replica, crashVector);
  const known = volatile.recoveryResponses.get(from);
  const newer = known === undefined || v > known.v || (v === known.v && (state?.n ?? 0) >= (known.state?.n ?? 0));
  if (newer) volatile.recoveryResponses.set(from, { v, state, crashVector });
  forgetStale(replica, volatile.recoveryResponses);
  considerRecovered(replica);
}

/** Step 3: f + 1 answers, one of them from the primary of the latest view that they tell of. */
function considerRecovered(replica: Replica): void {
  const { volatile } = replica;
  const { configuration, recoveryResponses } = volatile;
  if (recoveryResponses.size < quorum(configuration)) return;
  let latest = -1;
  for (const [from, { v, state }] of recoveryResponses) {
    if (replica.bug('recovers-without-primary') && (state === null || primaryOf(volatile, v) !== from)) continue;
    latest = Math.max(latest, v);
  }
  if (latest < 0) return;
  const primary = primaryOf(volatile, latest);
  const answer = recoveryResponses.get(primary);
  if (answer === undefined || answer.v !== latest || answer.state === null) return;
  const { log, k } = answer.state;
  volatile.recoveryResponses = new Map();
  volatile.recoverAfter = mayHaveEnded(replica, answer.state);
  if (!configuration.includes(replica.id)) {
    // It has not been of this group, and has nothing to remember.
    volatile.status = 'waiting';
    return;
  }
  adoptLog(replica, log);
  enterView(replica, latest);
  replica.mark('recovered', { v: latest, n: opNumber(volatile) });
  settle(replica, k);
}

/**
 * Had the next epoch begun before the crash, so that this replica may have been of it? Then its reconfiguration was committed, and is
 * in this log. If it came in the primary's own view, the primary alone could have committed it, and has not. Otherwise
 * nobody knows, and the replica has to recover in the next epoch as well (reconfiguration.ts).
 */
function mayHaveEnded(replica: Replica, state: DeepReadonly<NonNullable<Response['state']>>): number | null {
  const { epochStart } = replica.volatile;
  const { log, viewStart } = state;
  const end = log.entries.find(({ command, opNumber }) => command.op === 'reconfigure' && opNumber > epochStart);
  if (end === undefined || end.opNumber > viewStart || replica.bug('forgets-next-epoch')) return null;
  return end.opNumber;
}

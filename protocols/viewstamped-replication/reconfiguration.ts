import type { MessageOfType, NodeId } from '../../engine/index.js';
import { executeUpTo } from './execution.js';
import { isPrimary, quorum } from './group.js';
import { leadOn } from './normal.js';
import { beginRecovery } from './recovery.js';
import { askForState } from './state-transfer.js';
import { startLeading } from './view-change.js';
import type { Replica, ViewstampedReplication } from './shape.js';

/*
 * Section 7. The reconfiguration is the last request of its epoch; where it is executed, the next epoch begins. Every message
 * carries the epoch-number of its sender, and who is behind is told what has become of the group.
 */

/**
 * Is the message of this replica's epoch? Whoever speaks from an earlier one is answered with what has changed since; a later
 * one this replica learns of by such an answer, as soon as it says something itself.
 */
export function inThisEpoch(replica: Replica, e: number, from: NodeId): boolean {
  const { volatile } = replica;
  if (e === volatile.epochNumber) return true;
  if (e < volatile.epochNumber) sendStartEpoch(replica, from);
  return false;
}

function sendStartEpoch(replica: Replica, to: NodeId): void {
  const { epochNumber: e, epochStartView: v, epochStart: n, configuration, oldConfiguration } = replica.volatile;
  replica.send(to, { type: 'StartEpoch', e, v, n, oldConfiguration, newConfiguration: configuration });
}

/** Section 7.1: the reconfiguration is committed, and everything before it executed. */
export function beginEpoch(replica: Replica, n: number, configuration: readonly NodeId[]): void {
  const { volatile } = replica;
  // Who has been told of the epoch already gets here with the rest of its log.
  if (n <= volatile.epochStart) return;
  // In the old epoch still: the others learn by this that it is over.
  if (isPrimary(replica)) leadOn(replica);
  enterEpoch(replica, {
    e: volatile.epochNumber + 1,
    v: volatile.lastNormalView,
    n,
    oldConfiguration: volatile.configuration,
    newConfiguration: configuration,
  });
  if (volatile.recoverAfter === n) return beginRecovery(replica);
  volatile.status = 'transitioning';
  becomeUpToDate(replica);
  askStartEpoch(replica);
}

type Beginning = Omit<MessageOfType<ViewstampedReplication, 'StartEpoch'>, 'type'>;

function enterEpoch(replica: Replica, { e, v, n, oldConfiguration, newConfiguration }: Beginning): void {
  const { volatile } = replica;
  replica.mark('entered-epoch', { e });
  volatile.epochNumber = e;
  volatile.epochStart = n;
  volatile.epochStartView = v;
  volatile.oldConfiguration = [...oldConfiguration];
  volatile.configuration = [...newConfiguration];
  volatile.epochStarted = [];
  volatile.viewNumber = 0;
  volatile.lastNormalView = 0;
  volatile.behind = null;
  volatile.early.clear();
  volatile.leases.clear();
}

/**
 * Section 7.1.1: a replica of the new group that knows everything up to the reconfiguration is in normal status; view 0 of the
 * epoch has begun for it.
 *
 * @returns false where it is still to ask for what is missing, or where it is not of the group.
 */
export function becomeUpToDate(replica: Replica): boolean {
  const { volatile } = replica;
  if (volatile.status !== 'transitioning') return true;
  if (volatile.commitNumber < volatile.epochStart) {
    volatile.behind = 0;
    return false;
  }
  volatile.behind = null;
  if (!volatile.configuration.includes(replica.id)) return false;
  volatile.status = 'normal';
  volatile.timerResetAt = replica.monotonic();
  replica.mark('up-to-date', { e: volatile.epochNumber });
  if (isPrimary(replica)) startLeading(replica);
  for (const old of replaced(replica)) replica.send(old, { type: 'EpochStarted', e: volatile.epochNumber });
  return true;
}

function replaced({ volatile }: Replica): readonly NodeId[] {
  return volatile.oldConfiguration.filter((old) => !volatile.configuration.includes(old));
}

export function onStartEpoch(
  replica: Replica,
  message: MessageOfType<ViewstampedReplication, 'StartEpoch'>,
  from: NodeId,
): void {
  const { volatile } = replica;
  const { e } = message;
  commitOldEpoch(replica, message);
  if (e > volatile.epochNumber) {
    enterEpoch(replica, message);
    volatile.waiting.clear();
    // What was promised before a crash is as forgotten in this epoch as in the last.
    if (volatile.status === 'recovering' || volatile.recoverAfter !== null) return beginRecovery(replica);
    volatile.status = 'transitioning';
    if (!becomeUpToDate(replica) && volatile.behind !== null) askForState(replica);
  }
  if (e === volatile.epochNumber && volatile.status === 'normal') replica.send(from, { type: 'EpochStarted', e });
}

/** Who has the log of the view in which the reconfiguration was committed, or of a later one, has what was committed. */
function commitOldEpoch(replica: Replica, { e, v, n }: Beginning): void {
  const { epochNumber, lastNormalView, status } = replica.volatile;
  const hasLog = status === 'normal' || status === 'view-change';
  if (e === epochNumber + 1 && hasLog && lastNormalView >= v) executeUpTo(replica, n);
}

/** Section 7.1.2: a replaced replica goes on helping until f' + 1 of the new group are up to date. */
export function onEpochStarted(
  replica: Replica,
  _: MessageOfType<ViewstampedReplication, 'EpochStarted'>,
  from: NodeId,
): void {
  const { volatile } = replica;
  const { configuration, epochStarted } = volatile;
  if (!epochStarted.includes(from)) epochStarted.push(from);
  if (volatile.status !== 'transitioning' || configuration.includes(replica.id)) return;
  if (epochStarted.length < quorum(configuration)) return;
  replica.mark('shut-down', { e: volatile.epochNumber });
  volatile.status = 'shut-down';
  volatile.behind = null;
}

/** Whoever has not said that it is up to date is told again that it should be. */
export function askStartEpoch(replica: Replica): void {
  const { epochNumber, configuration, epochStarted, status, oldConfiguration } = replica.volatile;
  if (epochNumber === 0 || !oldConfiguration.includes(replica.id)) return;
  if (status !== 'normal' && status !== 'transitioning') return;
  for (const other of configuration) {
    if (other !== replica.id && !epochStarted.includes(other)) sendStartEpoch(replica, other);
  }
}

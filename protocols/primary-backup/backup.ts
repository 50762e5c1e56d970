import type { MessageOfType, NodeId } from '../../engine/index.js';
import { applyOnce, copyKeyValueMachine } from '../parts/key-value.js';
import { followPrimary, isData } from './epochs.js';
import type { PrimaryBackup, PrimaryBackupNode, Update } from './shape.js';

/** A copy of an update: applied when all before it are, and acknowledged with how far this backup is. */
export function onCopy(node: PrimaryBackupNode, message: MessageOfType<PrimaryBackup, 'Copy'>, from: NodeId): void {
  const { epoch, update } = message;
  if (!followPrimary(node, epoch, from)) return;
  const { replica } = node.durable;
  if (replica.epoch === epoch || node.bug('ignores-epochs')) {
    if (node.bug('applies-out-of-order') && update.seq > replica.seq) {
      apply(node, update);
    } else if (update.seq > replica.seq && node.volatile.early.size < node.options.windowMax) {
      node.volatile.early.set(update.seq, update);
      applyInOrder(node);
    }
  }
  acknowledge(node, epoch, from, 0);
}

function applyInOrder(node: PrimaryBackupNode): void {
  const { early } = node.volatile;
  for (;;) {
    const next = early.get(node.durable.replica.seq + 1);
    if (next === undefined) break;
    early.delete(next.seq);
    apply(node, next);
  }
  if (early.size > 0) node.mark('waited-for-earlier');
}

function apply(node: PrimaryBackupNode, { seq, command, session }: Update): void {
  const { replica } = node.durable;
  applyOnce(replica.machine, command, session, seq, node.options.sessionsMax);
  replica.seq = seq;
}

/** The whole state takes the place of the own one: that may hold updates of an earlier primary that nobody else has. */
export function onState(node: PrimaryBackupNode, message: MessageOfType<PrimaryBackup, 'State'>, from: NodeId): void {
  const { epoch, seq, machine } = message;
  if (!followPrimary(node, epoch, from)) return;
  const { durable, volatile } = node;
  if (durable.replica.epoch !== epoch || durable.replica.seq < seq) {
    durable.replica = { epoch, seq, machine: copyKeyValueMachine(machine) };
    for (const early of [...volatile.early.keys()]) if (early <= seq) volatile.early.delete(early);
    node.mark('installed-state', { seq });
    applyInOrder(node);
  }
  acknowledge(node, epoch, from, 0);
}

export function onHeartbeat(
  node: PrimaryBackupNode,
  { epoch, round }: MessageOfType<PrimaryBackup, 'Heartbeat'>,
  from: NodeId,
): void {
  if (followPrimary(node, epoch, from) && isData(node, node.id)) acknowledge(node, epoch, from, round);
}

function acknowledge(node: PrimaryBackupNode, epoch: number, to: NodeId, round: number): void {
  const { replica } = node.durable;
  const seq = replica.epoch === epoch || node.bug('ignores-epochs') ? replica.seq : null;
  node.send(to, { type: 'Acknowledge', epoch, seq, round });
}

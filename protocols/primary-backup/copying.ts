import { ms, type MessageOfType, type NodeId } from '../../engine/index.js';
import { dataPeers, ownEpoch } from './epochs.js';
import { inSyncWith, reconcile, tellAgain } from './in-sync.js';
import type { PrimaryBackup, PrimaryBackupNode, Progress, Update, Waiting } from './shape.js';

// -- From the primary to its backups --

/** Notes a new update, and sends it: at once, or where copies are asynchronous with a delay, by and by. */
export function copyUpdate(node: PrimaryBackupNode, update: Update): void {
  const { volatile, options } = node;
  volatile.updates.set(update.seq, update);
  volatile.updates.delete(update.seq - options.windowMax);
  // Its own copy counts when it is on the disk, as a message leaves only then.
  if (options.mode !== 'asynchronous')
    node.send(node.id, { type: 'Acknowledge', epoch: ownEpoch(node), seq: update.seq, round: 0 });
  if (options.mode !== 'asynchronous' || options.copyDelayMs === 0) return sendCopies(node);
  // One timer for one update: each waits as long.
  node.setTimer('copy', ms(options.copyDelayMs), undefined, `${update.seq}`);
}

export function sendCopies(node: PrimaryBackupNode, upTo: number = node.durable.replica.seq): void {
  const { volatile } = node;
  const receivers = dataPeers(node).filter((peer) => (volatile.progress.get(peer)?.seq ?? null) !== null);
  for (let seq = volatile.copied + 1; seq <= upTo; seq++) {
    const update = volatile.updates.get(seq);
    if (update === undefined) continue;
    for (const peer of receivers) node.send(peer, { type: 'Copy', epoch: ownEpoch(node), update });
  }
  volatile.copied = Math.max(volatile.copied, upTo);
}

export function beHeard(node: PrimaryBackupNode): void {
  const { copied, round } = node.volatile;
  node.broadcast({ type: 'Heartbeat', epoch: ownEpoch(node), seq: copied, round });
}

export function onHeartbeatTimer(node: PrimaryBackupNode): void {
  const { volatile, options } = node;
  tellAgain(node);
  for (const peer of dataPeers(node)) copyAgain(node, peer, volatile.progress.get(peer));
  volatile.copiedBefore = volatile.copied;
  beHeard(node);
  reconcile(node);
  serve(node);
  node.setTimer('heartbeat', ms(options.heartbeatMs));
}

/** What a backup has not acknowledged for a whole interval may be lost. */
function copyAgain(node: PrimaryBackupNode, to: NodeId, progress: Progress | undefined): void {
  const { volatile, options } = node;
  if (progress === undefined || progress.seq === null || progress.seq >= volatile.copiedBefore) return;
  if (!volatile.updates.has(progress.seq + 1)) return sendState(node, to);
  const last = Math.min(volatile.copiedBefore, progress.seq + options.updatesPerCopyMax);
  for (let seq = progress.seq + 1; seq <= last; seq++) {
    const update = volatile.updates.get(seq);
    if (update !== undefined) node.send(to, { type: 'Copy', epoch: ownEpoch(node), update });
  }
}

function sendState(node: PrimaryBackupNode, to: NodeId): void {
  const { seq, machine } = node.durable.replica;
  node.send(to, { type: 'State', epoch: ownEpoch(node), seq, machine });
}

// -- And back --

export function onAcknowledge(
  node: PrimaryBackupNode,
  { epoch, seq, round }: MessageOfType<PrimaryBackup, 'Acknowledge'>,
  from: NodeId,
): void {
  const { volatile } = node;
  if (volatile.role !== 'primary' || epoch !== ownEpoch(node)) return;
  const known = volatile.progress.get(from) ?? { seq: null, round: 0, heardAt: 0 };
  known.heardAt = node.monotonic();
  known.round = Math.max(known.round, round);
  if (seq !== null) known.seq = Math.max(known.seq ?? 0, seq);
  else if (known.seq === null) sendState(node, from);
  volatile.progress.set(from, known);
  const { mode } = node.options;
  if (
    mode === 'synchronous' &&
    !inSyncWith(node).includes(from) &&
    (known.seq !== null || node.bug('joins-before-caught-up'))
  ) {
    // From now on writes wait for it; what was acknowledged without it, it must have before it counts as in sync.
    volatile.joining.set(from, node.durable.replica.seq);
  }
  reconcile(node);
  serve(node);
}

// -- Clients that wait --

/** Answers those whose update is held by as many as the mode asks for. All rise along the list. */
export function serve(node: PrimaryBackupNode): void {
  const { volatile } = node;
  let served = 0;
  for (const waiting of volatile.waiting) {
    if (!isSafe(node, waiting)) break;
    if (!waiting.isRead) volatile.acknowledged = { epoch: ownEpoch(node), seq: waiting.seq };
    node.reply(waiting.ref, waiting.result as never);
    served += 1;
  }
  if (served > 0) volatile.waiting.splice(0, served);
}

function isSafe(node: PrimaryBackupNode, { seq, round, isRead }: Waiting): boolean {
  if (node.bug('acknowledges-before-copies') && !isRead) return true;
  const { progress } = node.volatile;
  const { mode, acknowledgements } = node.options;
  if (mode === 'asynchronous') return true;
  const needed = mode === 'synchronous' ? inSyncWith(node) : [node.id, ...dataPeers(node)];
  let holders = 0;
  for (const holder of needed) {
    const known = progress.get(holder);
    if (known !== undefined && (known.seq ?? -1) >= seq && (holder === node.id || known.round >= round)) holders += 1;
  }
  return holders >= (mode === 'synchronous' ? needed.length : acknowledgements + 1);
}

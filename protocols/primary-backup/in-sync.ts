import { ms, type MessageOfType, type NodeId } from '../../engine/index.js';
import { acceptsEpoch, isData } from './epochs.js';
import type { Configuration, PrimaryBackup, PrimaryBackupNode } from './shape.js';
import { takeOver } from './take-over.js';

// Which backups are in sync: only in synchronous mode does it matter, and only there is it kept.

/** What was recorded here last; at first that every data node is in sync, as nothing was written. */
export function configurationOf(node: PrimaryBackupNode): Configuration {
  const { configuration } = node.durable;
  if (configuration !== null) return copyOf(configuration);
  return { epoch: 1, version: 0, inSync: node.members.filter((member) => isData(node, member)) };
}

/** What lies on the disk, what waits in memory and what travels share nothing. */
export function copyOf({ epoch, version, inSync }: Configuration): Configuration {
  return { epoch, version, inSync: [...inSync] };
}

export function laterConfiguration(a: Configuration | null, b: Configuration): Configuration {
  if (a === null || b.epoch > a.epoch) return b;
  return b.epoch === a.epoch && b.version > a.version ? b : a;
}

/**
 * Those whose copies writes wait for, the primary's own included: those recorded, those that are being recorded, and those about
 * to be. While a smaller set is not recorded by a majority, a new primary may yet be chosen by the larger one.
 */
export function inSyncWith(node: PrimaryBackupNode): NodeId[] {
  const { recorded, proposed, joining } = node.volatile;
  const old = proposed !== null && node.bug('drops-before-recorded') ? proposed.configuration.inSync : recorded;
  const isAmong = (member: NodeId): boolean =>
    old.includes(member) || proposed?.configuration.inSync.includes(member) === true || joining.has(member);
  return node.members.filter(isAmong);
}

/** Takes in who has caught up, and leaves out who has not been heard for the longest time-out. */
export function reconcile(node: PrimaryBackupNode): void {
  const { volatile, options } = node;
  if (options.mode !== 'synchronous' || volatile.role !== 'primary' || volatile.proposed !== null) return;
  const since = node.monotonic() - ms(options.electionTimeoutMsMax);
  for (const peer of [...volatile.joining.keys()]) {
    if ((volatile.progress.get(peer)?.heardAt ?? -1) < since) volatile.joining.delete(peer);
  }
  const wanted = node.members.filter((member) => member === node.id || isWanted(node, member, since));
  const same = wanted.length === volatile.recorded.length && wanted.every((id, i) => id === volatile.recorded[i]);
  if (!same) propose(node, wanted);
}

function isWanted(node: PrimaryBackupNode, backup: NodeId, since: number): boolean {
  const { progress, recorded, joining } = node.volatile;
  const known = progress.get(backup);
  if (known === undefined || known.heardAt < since) return false;
  if (recorded.includes(backup)) return true;
  const joinedAt = joining.get(backup);
  if (joinedAt === undefined) return false;
  return (known.seq ?? -1) >= joinedAt || node.bug('joins-before-caught-up');
}

/** The next configuration. Without witnesses the primary's own word is enough. */
export function propose(node: PrimaryBackupNode, inSync: NodeId[]): void {
  const { durable, volatile, options } = node;
  node.mark('changed-in-sync', { inSync });
  volatile.version += 1;
  const configuration: Configuration = { epoch: durable.vote.epoch, version: volatile.version, inSync };
  volatile.proposed = { configuration, recorders: [node.id] };
  if (options.fencing !== 'witnesses') return becomeRecorded(node, configuration);
  durable.configuration = copyOf(configuration);
  node.broadcast({ type: 'Record', configuration });
  countRecorders(node);
}

/** Asks those again that have not recorded yet. */
export function tellAgain(node: PrimaryBackupNode): void {
  const { proposed } = node.volatile;
  if (proposed === null) return;
  for (const peer of node.peers) {
    if (proposed.recorders.includes(peer)) continue;
    node.send(peer, { type: 'Record', configuration: proposed.configuration });
  }
}

export function onRecord(
  node: PrimaryBackupNode,
  { configuration }: MessageOfType<PrimaryBackup, 'Record'>,
  from: NodeId,
): void {
  const { durable } = node;
  if (!acceptsEpoch(node, configuration.epoch, from)) return;
  if (durable.vote.votedFor === null) durable.vote = { epoch: configuration.epoch, votedFor: from };
  durable.configuration = copyOf(laterConfiguration(durable.configuration, configuration));
  node.send(from, { type: 'Recorded', epoch: configuration.epoch, version: configuration.version });
}

export function onRecorded(
  node: PrimaryBackupNode,
  { epoch, version }: MessageOfType<PrimaryBackup, 'Recorded'>,
  from: NodeId,
): void {
  const { proposed } = node.volatile;
  if (proposed === null || proposed.configuration.epoch !== epoch || proposed.configuration.version !== version) return;
  if (!proposed.recorders.includes(from)) proposed.recorders.push(from);
  countRecorders(node);
}

function countRecorders(node: PrimaryBackupNode): void {
  const { proposed } = node.volatile;
  if (proposed !== null && proposed.recorders.length > node.members.length / 2) {
    becomeRecorded(node, proposed.configuration);
  }
}

function becomeRecorded(node: PrimaryBackupNode, { inSync }: Configuration): void {
  const { volatile } = node;
  volatile.recorded = [...inSync];
  volatile.proposed = null;
  for (const member of inSync) volatile.joining.delete(member);
  if (volatile.role === 'candidate') takeOver(node);
}

import { ms, type MessageOfType, type NodeId, type Start } from '../../engine/index.js';
import { armElectionTimer, electionTimedOut } from '../parts/election-timer.js';
import { acceptsEpoch, adoptEpoch, giveWay, isData } from './epochs.js';
import { configurationOf, copyOf, laterConfiguration, propose } from './in-sync.js';
import type { Position, PrimaryBackup, PrimaryBackupNode } from './shape.js';
import { leadAll, takeOver } from './take-over.js';

// -- Who begins, and who comes back --

export function onStart(node: PrimaryBackupNode, { reason, damage }: Start): void {
  const { durable, volatile, options } = node;
  // What was acknowledged or voted there is lost: to act without it could lose what others count on.
  if (damage.length > 0) return node.halt(`the disk is damaged: ${damage.map(({ field }) => field).join(', ')}`);
  repairVote(node);
  if (node.bug('forgets-vote') && reason !== 'first') durable.vote = { epoch: durable.vote.epoch, votedFor: null };
  if (!isData(node, node.id)) {
    volatile.role = 'witness';
  } else if (options.primary === node.id && reason === 'first') {
    leadAll(node, 0);
  } else if (options.failover === 'automatic') {
    armElectionTimer(node);
  } else if (options.primary === node.id) {
    // The operator has just made it primary, or it was and comes back: then unless it has heard of another one.
    if (reason === 'upgrade' || options.fencing === 'witnesses') stand(node);
    else if (durable.vote.epoch === durable.replica.epoch) leadAll(node, null);
  }
}

/** Of a torn write, the state may be there and not the epoch that it came with. */
function repairVote(node: PrimaryBackupNode): void {
  const { durable } = node;
  const epoch = Math.max(durable.replica.epoch, durable.configuration?.epoch ?? 0);
  if (epoch > durable.vote.epoch) durable.vote = { epoch, votedFor: null };
}

// -- The failure detector: silence for a whole time-out is taken for a crash --

/** How many time-outs a node waits that has found itself out of sync: another one, or a later configuration, may do better. */
const OUT_OF_SYNC_TIMEOUTS = 3;

export function onElectionTimer(node: PrimaryBackupNode): void {
  const { volatile } = node;
  if (volatile.role === 'primary' || !electionTimedOut(node)) return;
  if (volatile.letsPass === 0) return stand(node);
  volatile.letsPass -= 1;
  armElectionTimer(node);
}

/** Without witnesses nobody is asked: to be the next primary it is enough to think that there is none. */
function stand(node: PrimaryBackupNode): void {
  const { durable, options } = node;
  if (options.fencing === 'witnesses') return claim(node);
  if (options.fencing === 'epochs') durable.vote = { epoch: durable.vote.epoch + 1, votedFor: node.id };
  takeOver(node);
}

// -- With witnesses: an epoch is granted by a majority, once --

function claim(node: PrimaryBackupNode): void {
  const { durable, volatile } = node;
  const epoch = durable.vote.epoch + 1;
  // On the disk before anything leaves. From here on nothing of an older primary is acknowledged.
  durable.vote = { epoch, votedFor: node.id };
  volatile.early = new Map();
  volatile.role = 'candidate';
  volatile.primary = null;
  volatile.proposed = null;
  volatile.version = 0;
  volatile.grants = [node.id];
  volatile.found = configurationOf(node);
  const { replica } = durable;
  node.mark('became-candidate', { epoch });
  node.broadcast({ type: 'Claim', epoch, position: { epoch: replica.epoch, seq: replica.seq } });
  armElectionTimer(node);
  countGrants(node);
}

export function onClaim(
  node: PrimaryBackupNode,
  { epoch, position }: MessageOfType<PrimaryBackup, 'Claim'>,
  from: NodeId,
): void {
  const { durable, volatile } = node;
  // Who hears a primary helps nobody to depose it. That is for progress alone.
  if (hearsPrimary(node)) return;
  if (!acceptsEpoch(node, epoch, from)) return;
  if (durable.vote.votedFor !== null && durable.vote.votedFor !== from) return;
  if (isAheadOf(node, position)) return;
  durable.vote = { epoch, votedFor: from };
  volatile.timerResetAt = node.monotonic();
  node.send(from, { type: 'Grant', epoch, configuration: configurationOf(node) });
}

function hearsPrimary(node: PrimaryBackupNode): boolean {
  const { role, heardPrimaryAt } = node.volatile;
  if (role === 'primary') return true;
  return heardPrimaryAt !== null && node.monotonic() - heardPrimaryAt < ms(node.options.electionTimeoutMsMin);
}

/** Where not all backups hold all, the next primary must have at least what each of its voters has. */
function isAheadOf(node: PrimaryBackupNode, { epoch, seq }: Position): boolean {
  if (node.options.mode === 'synchronous') return false;
  const { replica } = node.durable;
  return replica.epoch > epoch || (replica.epoch === epoch && replica.seq > seq);
}

export function onGrant(
  node: PrimaryBackupNode,
  { epoch, configuration }: MessageOfType<PrimaryBackup, 'Grant'>,
  from: NodeId,
): void {
  const { durable, volatile } = node;
  if (volatile.role !== 'candidate' || epoch !== durable.vote.epoch || volatile.grants.includes(from)) return;
  volatile.grants.push(from);
  volatile.found = copyOf(laterConfiguration(volatile.found, configuration));
  countGrants(node);
}

/** Any majority knows the configuration that was recorded last. In synchronous mode only who is in sync there may take over. */
function countGrants(node: PrimaryBackupNode): void {
  const { volatile, options } = node;
  if (volatile.proposed !== null || volatile.grants.length <= node.members.length / 2) return;
  if (options.mode !== 'synchronous') return takeOver(node);
  if (volatile.found?.inSync.includes(node.id) === true || node.bug('promotes-out-of-sync')) {
    // The record may take as long again as the votes did.
    armElectionTimer(node);
    return propose(node, [node.id]);
  }
  node.mark('not-in-sync');
  volatile.letsPass = OUT_OF_SYNC_TIMEOUTS;
  giveWay(node);
}

export function onRefuse(node: PrimaryBackupNode, { epoch }: MessageOfType<PrimaryBackup, 'Refuse'>): void {
  if (epoch > node.durable.vote.epoch) adoptEpoch(node, epoch);
}

import type { MessageOfType, NodeId, RequestRef, Session } from '../../engine/index.js';
import { readKey, type KeyValueCommand } from '../parts/key-value.js';
import { propose } from './broadcast.js';
import { hearsLeader } from './liveness.js';
import type { Proposal, Zab, ZabNode } from './shape.js';

/** The primary broadcasts what clients ask for; whoever else is asked sends them there. */
export function onCommand(
  node: ZabNode,
  ref: RequestRef<Zab>,
  command: KeyValueCommand,
  session: Session | null,
): void {
  const { volatile, options } = node;
  if (volatile.phase !== 'broadcast' || volatile.state !== 'leading') return node.redirect(ref, whomToAsk(node));
  if (volatile.proposals.size >= options.outstandingMax) return node.fail(ref, 'overloaded');
  propose(node, ref, command, session);
}

function whomToAsk({ id, volatile }: ZabNode): NodeId | null {
  return volatile.leader === id ? null : volatile.leader;
}

export function onRead(node: ZabNode, ref: RequestRef<Zab, 'read'>, key: string, session: Session | null): void {
  const { volatile, options } = node;
  if (options.reads === 'broadcast') return onCommand(node, ref, { op: 'read', key }, session);
  if (volatile.phase !== 'broadcast') return node.redirect(ref, whomToAsk(node));
  if (options.reads === 'local') return node.reply(ref, readKey(volatile.machine.data, key));
  volatile.syncs += 1;
  volatile.syncing.set(volatile.syncs, { ref, key });
  if (volatile.state === 'leading') onSyncAsked(node, node.id, volatile.syncs);
  else if (volatile.leader !== null) node.send(volatile.leader, { type: 'SYNC', id: volatile.syncs });
}

// -- ZooKeeper's sync --

export function onSync(node: ZabNode, { id }: MessageOfType<Zab, 'SYNC'>, from: NodeId): void {
  const { volatile } = node;
  if (volatile.state === 'leading') onSyncAsked(node, from, id);
  else if (hearsLeader(node, from, ['broadcast'])) readSynced(node, id);
}

/**
 * Answered when all that is proposed by now is committed. The leader asks nobody whether it still leads: one that was deposed,
 * and does not know it yet, answers too (ZOOKEEPER-2136).
 */
function onSyncAsked(node: ZabNode, to: NodeId, id: number): void {
  const { volatile } = node;
  const last = volatile.proposals.get(volatile.counter);
  if (last === undefined) answerSync(node, to, id);
  else last.syncs.push({ to, id });
}

export function answerSyncs(node: ZabNode, { syncs }: Proposal): void {
  for (const { to, id } of syncs) answerSync(node, to, id);
}

function answerSync(node: ZabNode, to: NodeId, id: number): void {
  if (to === node.id) readSynced(node, id);
  else node.send(to, { type: 'SYNC', id });
}

function readSynced(node: ZabNode, id: number): void {
  const { volatile } = node;
  const read = volatile.syncing.get(id);
  if (read === undefined) return;
  volatile.syncing.delete(id);
  node.reply(read.ref, readKey(volatile.machine.data, read.key));
}

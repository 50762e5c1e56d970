import { ms, type NodeId } from '../../engine/index.js';
import type { PaxosNode } from './shape.js';

/*
 * Section 2.4: progress needs a distinguished proposer. Which one it is may be guessed, as safety never depends on it: here
 * the first by name of those that were heard of late.
 */

const SILENT_HEARTBEATS = 3;

export function watchPeers(node: PaxosNode): void {
  if (node.options.cure !== 'distinguished') return;
  for (const peer of node.peers) node.volatile.heardAt.set(peer, node.monotonic());
  onAliveTimer(node);
}

export function onAliveTimer(node: PaxosNode): void {
  node.broadcast({ type: 'Alive' });
  node.setTimer('alive', ms(node.options.heartbeatMs));
}

export function onAlive(node: PaxosNode, from: NodeId): void {
  node.volatile.heardAt.set(from, node.monotonic());
}

/** Null where everybody proposes for himself. */
export function distinguishedProposer(node: PaxosNode): NodeId | null {
  if (node.options.cure !== 'distinguished') return null;
  const since = node.monotonic() - SILENT_HEARTBEATS * ms(node.options.heartbeatMs);
  let first = node.id;
  for (const peer of node.peers) {
    if (peer < first && (node.volatile.heardAt.get(peer) ?? since) > since) first = peer;
  }
  return first;
}

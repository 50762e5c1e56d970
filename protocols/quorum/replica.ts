import type { MessageOfType, NodeId } from '../../engine/index.js';
import { ownersOf } from './placement.js';
import type { Quorum, QuorumNode, Versions } from './shape.js';
import { copyVersion, isTombstone, merge } from './versions.js';

const NONE: Versions = [];

/** Takes over what is new in `versions`, of one key; where the key belongs to others, until they have it. */
export function keep(node: QuorumNode, key: string, versions: Versions): void {
  const { durable, volatile } = node;
  const owners = ownersOf(node, key);
  if (!owners.includes(node.id)) return keepForOwners(node, owners, key, versions);
  const held = durable.store.get(key) ?? NONE;
  const merged = mergeHere(node, held, versions);
  if (merged === held) return;
  if (held.length > 0 && merged.length > 1) node.mark('siblings', { key, count: merged.length });
  durable.store.set(key, merged.map(copyVersion));
  volatile.touched.push(key);
}

function keepForOwners(node: QuorumNode, owners: readonly NodeId[], key: string, versions: Versions): void {
  for (const owner of owners) keepHint(node, owner, key, versions);
}

/** Dynamo, 4.9: the ring has changed, and what no longer belongs here goes to those whom it belongs to. */
export function giveAway(node: QuorumNode): void {
  const { store, hints } = node.durable;
  node.volatile.touched = [];
  for (const [key, versions] of [...store]) {
    const owners = ownersOf(node, key);
    if (owners.includes(node.id)) continue;
    keepForOwners(node, owners, key, versions);
    store.delete(key);
    node.volatile.touched.push(key);
    node.mark('gave-away', { key });
  }
  for (const [to, kept] of [...hints]) {
    for (const [key, versions] of [...kept]) {
      if (ownersOf(node, key).includes(to)) continue;
      dropHint(node, to, key);
      keep(node, key, versions);
    }
  }
}

export function dropHint({ durable }: QuorumNode, to: NodeId, key: string): void {
  const kept = durable.hints.get(to);
  kept?.delete(key);
  if (kept?.size === 0) durable.hints.delete(to);
}

/** `merge`, and what planted bugs make of it. */
function mergeHere(node: QuorumNode, held: Versions, versions: Versions): Versions {
  const merged = merge(node.options.versions, held, versions);
  if (node.bug('drops-siblings') && merged.length > 1) return merged.slice(-1);
  if (node.bug('values-beat-tombstones') && held.length > 0) {
    const values = [...held, ...versions].filter((version) => !isTombstone(version));
    if (held.every(isTombstone) && values.length > 0) return values.slice(-1);
  }
  return merged;
}

/** Dynamo, 4.6: kept apart, with the name of whom it is for. */
export function keepHint(node: QuorumNode, to: NodeId, key: string, versions: Versions): void {
  const { hints } = node.durable;
  let kept = hints.get(to);
  if (kept === undefined) hints.set(to, (kept = new Map<string, Versions>()));
  const held = kept.get(key) ?? NONE;
  const merged = merge(node.options.versions, held, versions);
  if (merged === held) return;
  kept.set(key, merged.map(copyVersion));
  node.mark('kept-hint', { to, key });
}

/** A coordinator's write arrives. Answered when the disk has it. */
export function onReplicate(node: QuorumNode, message: MessageOfType<Quorum, 'Replicate'>, from: NodeId): void {
  const { ref, key, version, hintFor } = message;
  node.volatile.touched = [];
  if (hintFor === null) keep(node, key, [version]);
  else keepHint(node, hintFor, key, [version]);
  node.send(from, { type: 'Replicated', ref });
}

export function onFetch(node: QuorumNode, { ref, key }: MessageOfType<Quorum, 'Fetch'>, from: NodeId): void {
  node.send(from, { type: 'Fetched', ref, key, versions: versionsHere(node, key) });
}

/** What this node knows of a key; what it keeps for others too, so that who stands in can answer for them. */
function versionsHere(node: QuorumNode, key: string): Versions {
  const { durable, options } = node;
  let versions = durable.store.get(key) ?? NONE;
  for (const kept of durable.hints.values()) versions = merge(options.versions, versions, kept.get(key) ?? NONE);
  return versions;
}

/** Dynamo, 5: a replica that answered a read with old versions, or none, is told what the read has found. */
export function onRepair(node: QuorumNode, { key, versions }: MessageOfType<Quorum, 'Repair'>): void {
  node.volatile.touched = [];
  if (node.bug('repairs-blindly')) {
    node.durable.store.set(key, versions.map(copyVersion));
    node.volatile.touched.push(key);
  } else keep(node, key, versions);
}

/**
 * Forgets tombstones whose grace is over. Who has not heard of the delete by then never will, and what it still holds
 * comes back.
 */
export function collectTombstones(node: QuorumNode): void {
  const { durable, options, volatile } = node;
  const now = node.wall();
  const isOver = ({ timestamp }: Versions[number]): boolean => now - timestamp > options.graceMs * 1_000;
  volatile.touched = [];
  for (const [key, versions] of durable.store) {
    if (!versions.every((version) => isTombstone(version) && isOver(version))) continue;
    durable.store.delete(key);
    volatile.touched.push(key);
    node.mark('collected-tombstone', { key });
  }
}

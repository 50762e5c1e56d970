import { ms, type MessageOfType, type NodeId } from '../../engine/index.js';
import { showDot } from '../parts/causal-context.js';
import { hash32 } from '../parts/hash.js';
import { positionOf } from '../parts/hash-ring.js';
import { childrenOf, differing, hashOf, leafAt, merkleTree, type MerkleTree } from '../parts/merkle-tree.js';
import { tellMembers } from './membership.js';
import { ownersOf } from './placement.js';
import { keep } from './replica.js';
import type { Entry, Quorum, QuorumNode, Versions } from './shape.js';
import { copyVersion } from './versions.js';

// Dynamo, 4.7. Two nodes compare hash trees over the keys that both of them keep, from the root down to the leaves that
// differ. Every message says all that is needed to go on, so that nothing waits for one that is lost.

/** 8³ leaves. */
const DEPTH = 3;
/** Leaves, or inner nodes, that one comparison follows; the next one finds the rest. */
const FOLLOWED_MAX = 64;

export function onAntiEntropyTimer(node: QuorumNode): void {
  const { durable, options } = node;
  node.setTimer('antiEntropy', ms(options.antiEntropyMs));
  const others = durable.membership!.members.filter((member) => member !== node.id);
  if (others.length === 0) return;
  const other = node.random.pick('anti-entropy', others);
  const nodes = [[0, hashOf(treeWith(node, other), 0, 0)]] as const;
  node.send(other, { type: 'Compare', membership: durable.membership!.number, level: 0, nodes });
}

/** What this node and another one both keep. */
function* shared(node: QuorumNode, other: NodeId): Generator<readonly [string, Versions]> {
  for (const entry of node.durable.store) {
    const owners = ownersOf(node, entry[0]);
    if (owners.includes(other) && owners.includes(node.id)) yield entry;
  }
}

function treeWith(node: QuorumNode, other: NodeId): MerkleTree {
  const items: (readonly [number, number])[] = [];
  for (const [key, versions] of shared(node, other)) {
    const content = node.bug('hashes-keys-only') ? key : [key, ...versions.map(({ dot }) => showDot(dot))].join(' ');
    items.push([positionOf(key), hash32(content)]);
  }
  return merkleTree(items, DEPTH);
}

export function onCompare(node: QuorumNode, message: MessageOfType<Quorum, 'Compare'>, from: NodeId): void {
  const membership = node.durable.membership!.number;
  // With different rings they would compare different keys.
  if (message.membership !== membership) return tellMembers(node, from);
  const { level, nodes } = message;
  const tree = treeWith(node, from);
  const followed = differing(tree, level, nodes).slice(0, FOLLOWED_MAX);
  if (followed.length === 0) return;
  if (level < DEPTH) {
    return node.send(from, {
      ...{ type: 'Compare', membership, level: level + 1 },
      nodes: childrenOf(tree, level + 1, followed),
    });
  }
  node.mark('found-difference', { with: from, leaves: followed.length });
  sendLeaves(node, from, followed, true);
}

function sendLeaves(node: QuorumNode, to: NodeId, leaves: readonly number[], reply: boolean): void {
  const entries: Entry[] = [];
  for (const [key, versions] of shared(node, to)) {
    if (leaves.includes(leafAt(positionOf(key), DEPTH))) entries.push({ key, versions: versions.map(copyVersion) });
  }
  node.send(to, { type: 'Exchange', membership: node.durable.membership!.number, leaves, entries, reply });
}

export function onExchange(node: QuorumNode, message: MessageOfType<Quorum, 'Exchange'>, from: NodeId): void {
  const { leaves, entries, reply } = message;
  if (reply && message.membership === node.durable.membership!.number) sendLeaves(node, from, leaves, false);
  node.volatile.touched = [];
  for (const { key, versions } of entries) keep(node, key, versions);
}

import { ms, type MessageOfType, type NodeId } from '../../engine/index.js';
import { sameDot, type Dot } from '../parts/causal-context.js';
import { collectTombstones, dropHint, keep } from './replica.js';
import type { Entry, Quorum, QuorumNode } from './shape.js';
import { copyVersion } from './versions.js';

/** Dynamo, 4.6: whoever keeps hints tries from time to time to deliver them. */
export function onHandoffTimer(node: QuorumNode): void {
  const { durable, options } = node;
  node.setTimer('handoff', ms(options.handoffMs));
  if (options.hintedHandoff) for (const to of [...durable.hints.keys()]) offer(node, to);
  collectTombstones(node);
}

function offer(node: QuorumNode, to: NodeId): void {
  const kept = node.durable.hints.get(to)!;
  const entries: Entry[] = [];
  for (const [key, versions] of kept) {
    if (entries.length === node.options.batchMax) break;
    entries.push({ key, versions: versions.map(copyVersion) });
  }
  node.send(to, { type: 'Handoff', entries });
  if (node.bug('forgets-hint-at-once')) for (const { key } of entries) dropHint(node, to, key);
}

export function onHandoff(node: QuorumNode, { entries }: MessageOfType<Quorum, 'Handoff'>, from: NodeId): void {
  node.volatile.touched = [];
  for (const { key, versions } of entries) keep(node, key, versions);
  node.send(from, {
    type: 'HandedOff',
    entries: entries.map(({ key, versions }) => ({ key, dots: versions.map(({ dot }) => dot) })),
  });
}

/** Dynamo, 4.6: once the transfer has succeeded, the hint may go; what came to it meanwhile stays. */
export function onHandedOff(node: QuorumNode, { entries }: MessageOfType<Quorum, 'HandedOff'>, from: NodeId): void {
  const kept = node.durable.hints.get(from);
  if (kept === undefined) return;
  for (const { key, dots } of entries) {
    const left = (kept.get(key) ?? []).filter(({ dot }) => !dots.some((other: Dot) => sameDot(dot, other)));
    if (left.length > 0) kept.set(key, left);
    else dropHint(node, from, key);
  }
  node.mark('handed-off', { to: from, keys: entries.length });
}

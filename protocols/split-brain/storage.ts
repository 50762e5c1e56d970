import type { MessageOfType, Node, NodeId } from '../../engine/index.js';
import { admits, store } from '../parts/fenced-storage.js';
import type { SplitBrain } from './shape.js';

type Site = Node<SplitBrain>;

/** From the moment that a leader has read, no write of an earlier one may change what it has read. */
export function onMount(node: Site, { epoch }: MessageOfType<SplitBrain, 'Mount'>, from: NodeId): void {
  const { storage } = node.durable;
  if (!node.bug('mounts-without-fencing') && !isAdmitted(node, epoch)) return fence(node, from, null);
  node.send(from, { type: 'Mounted', epoch, value: storage.value });
}

export function onWrite(node: Site, { epoch, value, ref }: MessageOfType<SplitBrain, 'Write'>, from: NodeId): void {
  if (!isAdmitted(node, epoch)) return fence(node, from, ref);
  store(node.durable.storage, value, from);
  node.send(from, { type: 'Written', value, ref });
}

function isAdmitted(node: Site, epoch: number): boolean {
  return !node.options.fencing || admits(node.durable.storage, epoch, (a, b) => a - b);
}

function fence(node: Site, from: NodeId, ref: MessageOfType<SplitBrain, 'Fenced'>['ref']): void {
  node.mark('fenced', { from });
  node.send(from, { type: 'Fenced', epoch: node.durable.storage.highest!, ref });
}

import type { MessageOfType, NodeId } from '../../engine/index.js';
import type { Abd, AbdNode, Register } from './shape.js';
import { compareTags, type Tag } from './tag.js';

/** The query: what this replica holds. */
export function onQuery(node: AbdNode, { operation, key }: MessageOfType<Abd, 'Query'>, from: NodeId): void {
  const { tag, value } = node.durable.registers.get(key) ?? { tag: null, value: null };
  node.send(from, { type: 'QueryReply', operation, tag, value });
}

/** The update: a higher tag takes the place of a lower one. It is acknowledged either way: what is held is as new. */
export function onUpdate(node: AbdNode, message: MessageOfType<Abd, 'Update'>, from: NodeId): void {
  const { operation, key, tag, value } = message;
  if (isHigher(node, tag, node.durable.registers.get(key)?.tag ?? null)) store(node, key, { tag, value });
  else node.mark('kept-newer');
  node.send(from, { type: 'UpdateReply', operation });
}

export function store(node: AbdNode, key: string, register: Register): void {
  const { durable, volatile } = node;
  durable.registers.set(key, register);
  volatile.lastStored = key;
  volatile.stored += 1;
}

export function isHigher(node: AbdNode, tag: Tag | null, than: Tag | null): boolean {
  if (node.bug('compares-numbers-only')) return (tag?.seq ?? 0) > (than?.seq ?? 0);
  return compareTags(tag, than) > 0;
}

import type { MessageOfType, NodeId } from '../../engine/index.js';
import type { Abd, AbdNode } from './shape.js';
import { compareTags, type Tag } from './tag.js';

/** The query: what this replica holds. */
export function onQuery(node: AbdNode, { operation, key }: MessageOfType<Abd, 'Query'>, from: NodeId): void {
  const { tag, value } = node.durable.registers.get(key) ?? { tag: null, value: null };
  node.send(from, { type: 'QueryReply', operation, tag, value });
}

/** The update: a higher tag takes the place of a lower one. It is acknowledged either way: what is held is as new. */
export function onUpdate(node: AbdNode, message: MessageOfType<Abd, 'Update'>, from: NodeId): void {
  const { durable, volatile } = node;
  const { operation, key, tag, value } = message;
  if (isHigher(node, tag, durable.registers.get(key)?.tag ?? null)) {
    durable.registers.set(key, { tag, value });
    volatile.lastStored = key;
    volatile.stored += 1;
  } else {
    node.mark('kept-newer');
  }
  node.send(from, { type: 'UpdateReply', operation });
}

export function isHigher(node: AbdNode, tag: Tag | null, than: Tag | null): boolean {
  if (node.bug('compares-numbers-only')) return (tag?.seq ?? 0) > (than?.seq ?? 0);
  return compareTags(tag, than) > 0;
}

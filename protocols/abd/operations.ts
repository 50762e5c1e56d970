import { ms, type Message, type MessageOfType, type NodeId, type RequestRef } from '../../engine/index.js';
import type { KeyValueScalar } from '../parts/key-value.js';
import { isHigher, store } from './replica.js';
import type { Abd, AbdNode, Operation, OperationId } from './shape.js';
import type { Tag } from './tag.js';

// -- What clients ask --

/** A read: a query, and an update with what it found. */
export function onRead(node: AbdNode, ref: RequestRef<Abd, 'read'>, key: string): void {
  begin(node, ref, 'read', key, null);
}

/** A write: a query for the highest tag, and an update with a higher one. The only writer knows the highest: it is its own. */
export function onWrite(node: AbdNode, ref: RequestRef<Abd, 'write'>, key: string, value: KeyValueScalar): void {
  const { writer } = node.options;
  if (writer !== null && writer !== node.id)
    return node.redirect(ref, node.members.find((id) => id === writer) ?? null);
  begin(node, ref, 'write', key, value);
}

/** The consensus number of a register is 1: no wait-free algorithm makes of registers what two processes could agree with. */
export function refuse(node: AbdNode, ref: RequestRef<Abd>, what: string): void {
  node.fail(ref, `a register cannot ${what}: its consensus number is 1`);
}

function begin(node: AbdNode, ref: RequestRef<Abd>, kind: Operation['kind'], key: string, value: KeyValueScalar): void {
  const { volatile, options } = node;
  if (volatile.operations.size >= options.pendingMax) return node.fail(ref, 'overloaded');
  const startedAt = node.monotonic();
  const operation: Operation = {
    kind,
    key,
    ref,
    phase: 'query',
    tag: null,
    value,
    repliers: [],
    startedAt,
    sentAt: startedAt,
  };
  volatile.begun += 1;
  volatile.operations.set(volatile.begun, operation);
  if (volatile.operations.size === 1) node.setTimer('again', ms(options.retransmitMs));
  if (kind === 'write' && (options.writer !== null || node.bug('writes-without-query'))) {
    operation.tag = node.durable.registers.get(key)?.tag ?? null;
    update(node, volatile.begun, operation);
  } else {
    ask(node, volatile.begun, operation, node.members);
  }
}

// -- First phase: the highest tag --

export function onQueryReply(node: AbdNode, message: MessageOfType<Abd, 'QueryReply'>, from: NodeId): void {
  const operation = operationOf(node, message.operation, 'query', from);
  if (operation === null) return;
  if (isHigher(node, message.tag, operation.tag)) {
    operation.tag = message.tag;
    if (operation.kind === 'read') operation.value = message.value;
  }
  if (!isMajority(node, operation)) return;
  const { number } = message.operation;
  if (operation.kind === 'write') return update(node, number, operation);
  // Nothing was ever written, as far as a majority knows: there is nothing that a later read could miss.
  if (operation.tag === null || node.bug('reads-without-write-back')) return complete(node, number, operation);
  propagate(node, number, operation);
}

function update(node: AbdNode, number: number, operation: Operation): void {
  const tag = nextTag(node, operation.tag);
  operation.tag = tag;
  // Who does not ask must know its own highest tag after a crash too: it holds the value before anybody else does.
  if (node.options.writer !== null) store(node, operation.key, { tag, value: operation.value });
  propagate(node, number, operation);
}

/** Higher than any that a completed write has, and unlike all others: also where one node has two writes under way. */
function nextTag(node: AbdNode, highest: Tag | null): Tag {
  const { durable, volatile, id } = node;
  if (node.bug('reuses-tags')) return { seq: (highest?.seq ?? 0) + 1, node: id, life: 0 };
  volatile.issued = Math.max(volatile.issued, highest?.seq ?? 0) + 1;
  return { seq: volatile.issued, node: id, life: durable.life };
}

// -- Second phase: a majority holds it --

function propagate(node: AbdNode, number: number, operation: Operation): void {
  operation.phase = 'update';
  operation.repliers = [];
  operation.sentAt = node.monotonic();
  ask(node, number, operation, node.members);
}

export function onUpdateReply(node: AbdNode, message: MessageOfType<Abd, 'UpdateReply'>, from: NodeId): void {
  const operation = operationOf(node, message.operation, 'update', from);
  if (operation !== null && isMajority(node, operation)) complete(node, message.operation.number, operation);
}

function complete(node: AbdNode, number: number, { kind, key, tag, value, ref }: Operation): void {
  const { volatile } = node;
  volatile.operations.delete(number);
  if (kind === 'read') return node.reply(ref as RequestRef<Abd, 'read'>, value);
  if (tag !== null) volatile.lastCompleted = { key, tag };
  volatile.completed += 1;
  node.reply(ref as RequestRef<Abd, 'write'>, null);
}

// -- Both phases --

function ask(node: AbdNode, number: number, operation: Operation, whom: readonly NodeId[]): void {
  const { key, tag, value, phase } = operation;
  const id: OperationId = { life: node.durable.life, number };
  const message: Message<Abd> =
    phase === 'update' && tag !== null
      ? { type: 'Update', operation: id, key, tag, value }
      : { type: 'Query', operation: id, key };
  for (const replica of whom) node.send(replica, message);
}

/** The operation that a reply counts for, with the replier noted; null where it comes too late or a second time. */
function operationOf(
  node: AbdNode,
  { life, number }: OperationId,
  phase: Operation['phase'],
  from: NodeId,
): Operation | null {
  if (life !== node.durable.life && !node.bug('counts-replies-of-earlier-lives')) return null;
  const operation = node.volatile.operations.get(number);
  if (operation === undefined || operation.phase !== phase) return null;
  if (operation.repliers.includes(from) && !node.bug('counts-replies-not-repliers')) return null;
  operation.repliers.push(from);
  return operation;
}

function isMajority(node: AbdNode, { repliers }: Operation): boolean {
  return repliers.length > node.members.length / 2;
}

/** The papers have links that lose nothing; here whoever does not answer is asked again. */
export function onAgain(node: AbdNode): void {
  const { volatile, options } = node;
  const now = node.monotonic();
  for (const [number, operation] of volatile.operations) {
    if (now - operation.startedAt >= ms(options.giveUpMs)) {
      giveUp(node, number, operation);
    } else if (now - operation.sentAt >= ms(options.retransmitMs)) {
      operation.sentAt = now;
      const silent = node.members.filter((member) => !operation.repliers.includes(member));
      ask(node, number, operation, silent);
    }
  }
  if (volatile.operations.size > 0) node.setTimer('again', ms(options.retransmitMs));
}

/** A write that has begun to spread may yet be read: of that one nobody can say that it had no effect. */
function giveUp(node: AbdNode, number: number, { kind, phase, ref }: Operation): void {
  node.mark('gave-up');
  node.volatile.operations.delete(number);
  if (kind === 'read' || phase === 'query') node.fail(ref, 'no majority answers');
}

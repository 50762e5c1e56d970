import type { DeepReadonly, RequestRef } from '../../engine/index.js';
import { applyOnce, copyKeyValueMachine } from '../parts/key-value.js';
import { commandName } from '../parts/sessions.js';
import { txnAt, zxidAt, type Txn } from './history.js';
import type { Zab, ZabNode } from './shape.js';
import { copyZxid, showZxid, ZERO, type Zxid } from './zxid.js';

/** Delivers what is committed up to this index, in order: applies it, and answers whoever waits here for it. */
export function deliverUpTo(node: ZabNode, index: number): void {
  const { volatile, durable, options } = node;
  while (volatile.delivered < index) {
    const txn = txnAt(durable.history, volatile.delivered + 1);
    if (txn === undefined) return;
    volatile.delivered += 1;
    deliver(node, txn);
    // At the same places everywhere, so that snapshots can be compared.
    if (volatile.delivered % options.snapshotAfter === 0) takeSnapshot(node, txn.zxid);
  }
}

/**
 * Deviation: what is broadcast are commands, and not the changes that the primary has seen them make. The state machine is
 * deterministic, so that both lead to the same state.
 */
function deliver(node: ZabNode, txn: DeepReadonly<Txn>): void {
  const { volatile, options } = node;
  const { zxid, command, session } = txn;
  if (options.marksDeliveries) node.mark('delivered', nameOf(txn));
  const application = applyOnce(volatile.machine, command, session, volatile.delivered, options.sessionsMax);
  if (application.session !== 'new') node.mark('retried-session-request');
  if (volatile.state !== 'leading' || zxid.epoch !== volatile.epoch) return;
  const ref = volatile.waiting.get(zxid.counter);
  volatile.waiting.delete(zxid.counter);
  if (ref === undefined || application.session === 'stale') return;
  node.reply(ref as RequestRef<Zab, 'cas'>, application.result as boolean);
}

/** As a mark tells of it: a command that its client had to repeat may be in several transactions. */
export function nameOf({ zxid, session, ref }: DeepReadonly<Txn>): { zxid: string; command: string } {
  return { zxid: showZxid(zxid), command: commandName(session, ref) };
}

export function deliveredZxid({ durable, volatile }: ZabNode): Zxid {
  return zxidAt(durable.history, volatile.delivered) ?? ZERO;
}

/** What is delivered makes room: the snapshot takes its place, but for some transactions that late followers may lack. */
function takeSnapshot(node: ZabNode, zxid: Zxid): void {
  const { volatile, durable, options } = node;
  const { history } = durable;
  const index = volatile.delivered;
  node.mark('took-snapshot', { index });
  history.snapshot = { zxid: copyZxid(zxid), index, machine: copyKeyValueMachine(volatile.machine) };
  const cut = index - options.snapshotAfter + 1 - history.first;
  if (cut <= 0) return;
  history.txns.splice(0, cut);
  history.first += cut;
}

/** Begins with what the snapshot holds: at a start, or when somebody else's is ahead. */
export function restore({ durable, volatile }: ZabNode): void {
  const { snapshot } = durable.history;
  volatile.delivered = snapshot?.index ?? 0;
  volatile.machine = copyKeyValueMachine(snapshot?.machine ?? { data: new Map(), sessions: new Map() });
}

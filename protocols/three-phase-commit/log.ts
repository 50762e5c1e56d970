import { ms, type Node, type NodeId } from '../../engine/index.js';
import type { Decision } from '../parts/atomic-commitment.js';
import type { Live, State, ThreePhaseCommit, Transaction } from './shape.js';

export type Site = Node<ThreePhaseCommit>;

export function stateOf(node: Site, txn: Transaction): State | undefined {
  return node.durable.log.get(txn)?.state;
}

export function isDecided(state: State | undefined): state is Decision {
  return state === 'commit' || state === 'abort';
}

export function write(node: Site, txn: Transaction, state: State, decider: NodeId | null = null): void {
  node.durable.log.set(txn, { state, decider });
}

export function enter(node: Site, txn: Transaction, live: Omit<Live, 'states'>): Live {
  const entered = { ...live, states: new Map<NodeId, State>() };
  node.volatile.live.set(txn, entered);
  return entered;
}

/** A coordinator waits for an answer once; who waits for a coordinator leaves it the time to miss somebody first. */
export function watch(node: Site, txn: Transaction, times: 1 | 2): void {
  node.setTimer('timeout', ms(times * node.options.timeoutMs), { txn }, txn);
}

/** Decides, tells everybody, and goes on telling until everybody has acknowledged. */
export function decide(node: Site, txn: Transaction, decision: Decision): void {
  conclude(node, txn, decision, node.id);
  node.reply(txn, decision);
  tellUnacknowledged(node, txn, [...node.peers]);
}

export function tellUnacknowledged(node: Site, txn: Transaction, whom: NodeId[]): void {
  node.volatile.unacknowledged.set(txn, whom);
  const state = stateOf(node, txn);
  if (!isDecided(state)) return;
  for (const peer of whom) tell(node, peer, txn, state);
  watch(node, txn, 1);
}

export function tell(node: Site, to: NodeId, txn: Transaction, decision: Decision): void {
  node.send(to, { type: decision === 'commit' ? 'Commit' : 'Abort', txn });
}

/**
 * The coordinator, or somebody else who knows, has told the decision. Who coordinates itself (or did, before it crashed) collects
 * acknowledgements all the same: whoever has refused takes it for the decider, and it may have learned from just that one.
 */
export function learn(node: Site, txn: Transaction, decision: Decision, from: NodeId): void {
  const state = stateOf(node, txn);
  if (state !== undefined && !isDecided(state)) {
    if (node.volatile.live.get(txn)?.coordinator === node.id) decide(node, txn, decision);
    else conclude(node, txn, decision, from);
  }
  node.send(from, { type: 'Done', txn });
  if (state !== undefined) watch(node, txn, 2);
}

function conclude(node: Site, txn: Transaction, decision: Decision, decider: NodeId): void {
  write(node, txn, decision, decider);
  node.volatile.live.delete(txn);
  node.mark(decision, { txn });
}

/** Nobody forgets a decision before all have it; who has no record any more has been told so. */
export function onDone(node: Site, txn: Transaction, from: NodeId): void {
  const missing = node.volatile.unacknowledged.get(txn)?.filter((peer) => peer !== from);
  if (missing !== undefined) node.volatile.unacknowledged.set(txn, missing);
  if (missing?.length === 0 || stateOf(node, txn) === undefined) node.send(from, { type: 'Forget', txn });
}

/** A question about it that was asked before may still be on its way, for less than a time-out. */
export function forgetLater(node: Site, txn: Transaction): void {
  node.cancelTimer('timeout', txn);
  node.setTimer('forget', ms(2 * node.options.timeoutMs), { txn }, txn);
}

export function forget(node: Site, txn: Transaction): void {
  node.durable.log.delete(txn);
  node.volatile.unacknowledged.delete(txn);
}

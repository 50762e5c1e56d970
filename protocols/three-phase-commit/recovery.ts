import type { NodeId } from '../../engine/index.js';
import { decide, enter, isDecided, learn, stateOf, tell, tellUnacknowledged, watch, type Site } from './log.js';
import type { State, Transaction } from './shape.js';

/** What the log says. Who has not decided before it failed cannot know what the others have done since, whatever its state. */
export function recover(node: Site): void {
  for (const [txn, { state, decider }] of [...node.durable.log]) {
    if (isDecided(state)) {
      if (decider === node.id) tellUnacknowledged(node, txn, [...node.peers]);
      else watch(node, txn, 2);
    } else if (node.bug('aborts-on-recovery')) {
      decide(node, txn, 'abort');
    } else {
      enter(node, txn, { coordinator: node.id, up: [], phase: 'recover', awaited: [] });
      ask(node, txn);
    }
  }
}

export function ask(node: Site, txn: Transaction): void {
  node.broadcast({ type: 'DecisionReq', txn });
  watch(node, txn, 2);
}

export function onDecisionReq(node: Site, txn: Transaction, from: NodeId): void {
  const state = stateOf(node, txn);
  if (isDecided(state)) return tell(node, from, txn, state);
  if (state === undefined) return decide(node, txn, 'abort'); // It has not voted, so nobody has committed.
  if (node.volatile.live.get(txn)?.phase === 'recover') node.send(from, { type: 'Recovering', txn, state });
}

/**
 * A total failure is over when all are back: whoever failed last is among them, and its state, and so everybody's, is known.
 * All come to the same decision, each by itself.
 */
export function onRecovering(node: Site, txn: Transaction, state: State, from: NodeId): void {
  const live = node.volatile.live.get(txn);
  if (live?.phase !== 'recover') return;
  live.states.set(from, state);
  if (live.states.size < node.peers.length) return;
  const states = [stateOf(node, txn), ...live.states.values()];
  node.mark('total-failure', { txn });
  decide(node, txn, states.includes('pre-commit') ? 'commit' : 'abort');
}

/** Tells somebody who may forget that this node knows, until it is told that all do. */
export function remind(node: Site, txn: Transaction, decider: NodeId): void {
  learn(node, txn, stateOf(node, txn) === 'commit' ? 'commit' : 'abort', decider);
}

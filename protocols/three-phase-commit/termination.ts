import type { NodeId } from '../../engine/index.js';
import { decide, isDecided, stateOf, tell, watch, write, type Site } from './log.js';
import type { Live, State, Transaction } from './shape.js';

/** The coordinator has failed: the first of those that are taken to be operational takes its place. */
export function elect(node: Site, txn: Transaction, live: Live): void {
  live.up = live.up.filter((id) => id !== live.coordinator);
  const elected = live.up[0] ?? node.id;
  if (elected === node.id) return coordinate(node, txn, live);
  live.coordinator = elected;
  node.send(elected, { type: 'UrElected', txn });
  watch(node, txn, 2);
}

export function onUrElected(node: Site, txn: Transaction, from: NodeId): void {
  const state = stateOf(node, txn);
  if (isDecided(state)) return tell(node, from, txn, state);
  // It was not asked to vote before the coordinator failed, and will not be any more.
  if (state === undefined) return decide(node, txn, 'abort');
  const live = node.volatile.live.get(txn);
  if (live?.phase === 'follow') coordinate(node, txn, live);
}

/** Phase 1 of the termination protocol: what does everybody know? */
function coordinate(node: Site, txn: Transaction, live: Live): void {
  followOnly(live, node.id);
  live.phase = 'states';
  live.states = new Map([[node.id, stateOf(node, txn)!]]);
  live.awaited = live.up.filter((id) => id !== node.id);
  node.mark('new-coordinator', { txn });
  for (const peer of live.awaited) node.send(peer, { type: 'StateReq', txn });
  if (live.awaited.length === 0) return terminate(node, txn, live);
  watch(node, txn, 1);
}

/** Whoever comes before an elected coordinator has failed, or it would have been elected. */
function followOnly(live: Live, coordinator: NodeId): void {
  const index = live.up.indexOf(coordinator);
  if (index > 0) live.up = live.up.slice(index);
  live.coordinator = coordinator;
}

export function onStateReq(node: Site, txn: Transaction, from: NodeId): void {
  let state = stateOf(node, txn);
  const live = node.volatile.live.get(txn);
  if (state === undefined) {
    state = 'abort'; // It must not vote Yes any more.
    write(node, txn, 'abort', from);
    node.mark('abort', { txn });
  } else if (!isDecided(state)) {
    // Who has recovered is not operational, as far as this transaction goes; and who was passed over has failed.
    if (live === undefined || live.phase === 'recover' || !live.up.includes(from)) return;
    followOnly(live, from);
    live.phase = 'follow';
  }
  node.send(from, { type: 'State', txn, state });
  watch(node, txn, 2);
}

export function onState(node: Site, txn: Transaction, state: State, from: NodeId): void {
  const live = node.volatile.live.get(txn);
  if (live?.phase !== 'states') return;
  live.states.set(from, state);
  live.awaited = live.awaited.filter((peer) => peer !== from);
  if (live.awaited.length === 0) terminate(node, txn, live);
}

/** The termination rules, for the states of all that are operational. */
export function terminate(node: Site, txn: Transaction, live: Live): void {
  const states = [...live.states];
  const known = (wanted: State): boolean => states.some(([, state]) => state === wanted);
  if (known('abort')) return decide(node, txn, 'abort'); // TR1
  if (known('commit')) return decide(node, txn, 'commit'); // TR2
  if (!known('pre-commit')) return decide(node, txn, 'abort'); // TR3
  // TR4: those that are uncertain become committable first, so that none of them can ever come to TR3.
  const uncertain = states.filter(([id, state]) => id !== node.id && state !== 'pre-commit').map(([id]) => id);
  write(node, txn, 'pre-commit');
  if (node.bug('commits-over-uncertain')) return decide(node, txn, 'commit');
  preCommit(node, txn, live, uncertain);
}

export function preCommit(node: Site, txn: Transaction, live: Live, whom: readonly NodeId[]): void {
  if (whom.length === 0) return decide(node, txn, 'commit');
  live.phase = 'acks';
  live.awaited = [...whom];
  for (const peer of whom) node.send(peer, { type: 'PreCommit', txn });
  watch(node, txn, 1);
}

import type { ProcessId } from '../../engine/history.js';
import { NO_KEY, PROCESS, REALTIME, type EdgeList } from '../graph/edges.js';
import type { Table } from './table.js';

/** What one process did comes in that order. */
export function addProcessEdges(table: Table, edges: EdgeList): void {
  const last = new Map<ProcessId, number>();
  for (const [t, { process }] of table.transactions.entries()) {
    if (!table.tookEffect(t)) continue;
    const before = last.get(process);
    if (before !== undefined) edges.add(before, t, PROCESS, NO_KEY);
    last.set(process, t);
  }
}

/**
 * What returned before another was called comes before it. Edges that follow from others are left out: only the transactions
 * that returned before the call, and are not yet before another that also did, get one. So there are at most as many edges a
 * transaction as there are clients.
 */
export function addRealTimeEdges(table: Table, edges: EdgeList): void {
  const { transactions } = table;
  const counted = [...transactions.keys()].filter((t) => table.tookEffect(t));
  const returnedAt = placesOfReturns(table, counted);
  const predecessors = new Array<readonly number[] | undefined>(transactions.length);
  const impliedBy = new Int32Array(transactions.length).fill(NOBODY);
  let frontier: number[] = [];
  let place = 0;
  for (const t of counted) {
    const { call } = table.transaction(t);
    for (; place < call; place++) {
      const returned = returnedAt[place] ?? NOBODY;
      if (returned === NOBODY) continue;
      for (const earlier of predecessors[returned] ?? NOTHING) impliedBy[earlier] = returned;
      predecessors[returned] = undefined;
      // A new list: the old one belongs to those that it was handed to.
      frontier = frontier.filter((other) => impliedBy[other] !== returned);
      frontier.push(returned);
    }
    predecessors[t] = frontier;
    for (const before of frontier) edges.add(before, t, REALTIME, NO_KEY);
  }
}

const NOBODY = -1;
const NOTHING: readonly number[] = [];

/** For each place of the history, which of these transactions returned there. */
function placesOfReturns(table: Table, transactions: readonly number[]): Int32Array {
  let last = 0;
  for (const t of transactions) {
    const end = table.transaction(t).return;
    if (end !== Infinity && end > last) last = end;
  }
  const returnedAt = new Int32Array(last + 1).fill(NOBODY);
  for (const t of transactions) {
    const end = table.transaction(t).return;
    if (end !== Infinity) returnedAt[end] = t;
  }
  return returnedAt;
}

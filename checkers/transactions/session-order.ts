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
  const counted = table.transactions.flatMap((_, t) => (table.tookEffect(t) ? [t] : []));
  const returns = counted
    .filter((t) => table.transaction(t).return !== Infinity)
    .sort((a, b) => table.transaction(a).return - table.transaction(b).return);
  const predecessors = new Map<number, readonly number[]>();
  const impliedBy = new Int32Array(table.transactions.length).fill(-1);
  let frontier: number[] = [];
  let next = 0;
  for (const t of counted) {
    const { call } = table.transaction(t);
    for (; next < returns.length && table.transaction(returns[next] as number).return < call; next++) {
      const returned = returns[next] as number;
      for (const earlier of predecessors.get(returned) ?? []) impliedBy[earlier] = returned;
      predecessors.delete(returned);
      // A new list: the old one belongs to those that it was handed to.
      frontier = frontier.filter((other) => impliedBy[other] !== returned);
      frontier.push(returned);
    }
    predecessors.set(t, frontier);
    for (const before of frontier) edges.add(before, t, REALTIME, NO_KEY);
  }
}

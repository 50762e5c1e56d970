import type { Allowance } from '../budget.js';
import { EdgeList, WW } from '../graph/edges.js';
import {
  addReadsFromEdges,
  addSessionEdges,
  isBefore,
  overwrittenInPast,
  payForPast,
  writesInPast,
  type CausalOrder,
} from './causal-order.js';
import { circle, type Search } from './finding.js';
import type { RegisterHistory } from './register-history.js';

/** CC: no read misses a write of its causal past (CyclicCO and ThinAirRead are found before). */
export function causalConsistency(history: RegisterHistory, order: CausalOrder, allowance: Allowance): Search {
  return overwrittenInPast(history, order, allowance);
}

/**
 * CCv: CC, and the conflict order cf has no circle with the causal order (CyclicCF): of two writes of a key, one that a read
 * depends on comes before the one that it returned.
 */
export function causalConvergence(history: RegisterHistory, order: CausalOrder, allowance: Allowance): Search {
  const missed = overwrittenInPast(history, order, allowance) ?? payForPast(history, allowance);
  if (missed !== undefined) return missed;
  const edges = new EdgeList(allowance.memory);
  addSessionEdges(history, edges);
  addReadsFromEdges(history, edges);
  for (const { read, source, write } of writesInPast(history, order)) {
    if (!isBefore(history, order, write, source)) edges.add(write, source, WW, read);
  }
  return circle(history, edges, history.size, 'CyclicCF', allowance, (_, from, to, read) =>
    cameBefore(history, from, to, read),
  );
}

/** Why one write of a key comes before another, in words. */
export function cameBefore(history: RegisterHistory, write: number, source: number, read: number): string {
  return `${history.client(read)} got ${history.text(read)} when it could see ${history.text(write)} too, which therefore came before ${history.text(source)}`;
}

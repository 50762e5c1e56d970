import type { Operation } from '../history/operation.js';
import type { MonitorVerdict } from './monitor.js';
import { sortedBy } from './monitor.js';

/**
 * Judges operations that are known to come in the order of their ranks, those of one rank in any order: they fit when none
 * returned before one of a lower rank was called.
 *
 * @param reason operations that the ranks follow from; part of the evidence.
 */
export function inOrderOfRanks(
  operations: readonly Operation[],
  rank: readonly number[],
  returned: (operation: Operation) => number,
  reason: readonly Operation[],
): MonitorVerdict {
  const order: Operation[] = [];
  let latest: Operation | undefined;
  let highest = -1;
  // Of one rank the latest call, not yet asked of.
  let latestOfRank: Operation | undefined;
  for (const i of sortedBy(operations.length, (index) => rank[index] as number)) {
    const operation = operations[i] as Operation;
    if ((rank[i] as number) > highest) {
      highest = rank[i] as number;
      if (latestOfRank !== undefined && latestOfRank.call > (latest?.call ?? -1)) latest = latestOfRank;
      latestOfRank = undefined;
    }
    if (latest !== undefined && returned(operation) < latest.call) {
      return { verdict: 'violation', part: [...new Set([operation, latest, ...reason])] };
    }
    if (operation.call > (latestOfRank?.call ?? -1)) latestOfRank = operation;
    order.push(operation);
  }
  return { verdict: 'ok', order };
}

import { operationsOf } from '../../checkers/index.js';
import type { History, Micros } from '../../engine/index.js';
import { isFinalRead } from './probe.js';

/** Writes that were acknowledged and are gone in the end, of how many. */
export interface Losses {
  readonly acknowledged: number;
  readonly lost: number;
}

/** @param history of reads and appends, each of an element of its own, so that none overwrites another */
export function lossesIn(history: History): Losses {
  const left = new Set<unknown>();
  for (const [, value] of lastFinalReads(history)) if (Array.isArray(value)) for (const item of value) left.add(item);
  const acknowledged = history.filter(({ type, f }) => type === 'ok' && f === 'append');
  return { acknowledged: acknowledged.length, lost: acknowledged.filter(({ value }) => !left.has(value)).length };
}

/** Of each key, what was read last of all. */
function lastFinalReads(history: History): Map<unknown, unknown> {
  const last = new Map<unknown, unknown>();
  for (const event of history) if (event.type === 'ok' && isFinalRead(event)) last.set(event.key, event.value);
  return last;
}

/** How long after the healing nodes still gave other answers than in the end; null when they never agreed. */
export function convergenceIn(history: History, since: Micros): Micros | null {
  const reads = operationsOf(history).filter(
    ({ f, outcome, invokedAt }) => f === 'read' && outcome === 'ok' && invokedAt >= since,
  );
  const last = new Map<unknown, Map<string | undefined, string>>();
  for (const { key, node, output } of reads) {
    if (!last.has(key)) last.set(key, new Map());
    last.get(key)!.set(node, JSON.stringify(output));
  }
  for (const byNode of last.values()) if (new Set(byNode.values()).size > 1) return null;
  const final = new Map([...last].map(([key, byNode]) => [key, [...byNode.values()][0]!]));
  const differing = reads.filter(({ key, output }) => JSON.stringify(output) !== final.get(key));
  const latest = differing.at(-1);
  return latest === undefined ? 0 : latest.invokedAt - since;
}

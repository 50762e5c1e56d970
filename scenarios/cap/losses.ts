import { operationsOf } from '../../checkers/index.js';
import type { History, Micros } from '../../engine/index.js';
import { isFinalRead } from './probe.js';
import type { Adding } from './store.js';

/** Writes that were acknowledged and are gone in the end, of how many. */
export interface Losses {
  readonly acknowledged: number;
  readonly lost: number;
}

/** @param history of reads and of requests that add, each an element of its own, so that none replaces another */
export function lossesIn(history: History, { add, read }: Pick<Adding, 'add' | 'read'>): Losses {
  const left = new Set<unknown>();
  for (const value of lastFinalReads(history, read).values()) for (const item of elementsOf(value)) left.add(item);
  const acknowledged = history.filter(({ type, f }) => type === 'ok' && f === add);
  return { acknowledged: acknowledged.length, lost: acknowledged.filter(({ value }) => !left.has(value)).length };
}

/** Of a list, or of siblings. */
function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return (value as { readonly values?: readonly unknown[] } | null)?.values ?? [];
}

/** Of each key, what was read last of all. */
function lastFinalReads(history: History, read: string): Map<unknown, unknown> {
  const last = new Map<unknown, unknown>();
  for (const event of history) if (event.type === 'ok' && isFinalRead(event, read)) last.set(event.key, event.value);
  return last;
}

/** What was asked so late is the end. Who answered before and no more, as a leader that was replaced, is not part of it. */
const LAST_US = 1_000_000;

/** How long after the healing nodes still gave other answers than in the end; null when they never agreed. */
export function convergenceIn(history: History, since: Micros): Micros | null {
  const reads = operationsOf(history).filter(
    ({ f, outcome, invokedAt }) => f === 'read' && outcome === 'ok' && invokedAt >= since,
  );
  const last = new Map<unknown, Map<string | undefined, string>>();
  const end = reads.reduce((latest, { invokedAt }) => Math.max(latest, invokedAt), since);
  for (const { key, node, output, invokedAt } of reads) {
    if (invokedAt < end - LAST_US) continue;
    if (!last.has(key)) last.set(key, new Map());
    last.get(key)!.set(node, JSON.stringify(output));
  }
  for (const byNode of last.values()) if (new Set(byNode.values()).size > 1) return null;
  const final = new Map([...last].map(([key, byNode]) => [key, [...byNode.values()][0]!]));
  const differing = reads.filter(({ key, output }) => JSON.stringify(output) !== final.get(key));
  const latest = differing.at(-1);
  return latest === undefined ? 0 : latest.invokedAt - since;
}

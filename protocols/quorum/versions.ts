import {
  descends,
  includes,
  NOTHING_SEEN,
  sameDot,
  union,
  withDot,
  type CausalContext,
} from '../parts/causal-context.js';
import type { QuorumOptions, Version, Versions } from './shape.js';

export type Ordering = QuorumOptions['versions'];

/** Does `newer` take the place of `older`? Neither way round: they are siblings, or the same. */
export function replaces(ordering: Ordering, newer: Version, older: Version): boolean {
  if (sameDot(newer.dot, older.dot)) return false;
  switch (ordering) {
    case 'timestamps':
      return compareStamps(newer, older) > 0;
    case 'vectors':
      // Dynamo, 4.4: if the counters of the first clock are less than or equal to those of the second, the first can be forgotten.
      return descends(clockOf(newer), clockOf(older));
    case 'dotted':
      return includes(newer.context ?? NOTHING_SEEN, older.dot);
  }
}

/** By the coordinators' clocks; of two of the same microsecond any order will do, if only it is the same everywhere. */
function compareStamps(a: Version, b: Version): number {
  return a.timestamp - b.timestamp || compareDots(a, b);
}

function compareDots({ dot: a }: Version, { dot: b }: Version): number {
  if (a.actor !== b.actor) return a.actor < b.actor ? -1 : 1;
  return a.counter - b.counter;
}

/** What its writer had seen, and the version itself: its vector clock. */
export function clockOf({ context, dot }: Version): CausalContext {
  return withDot(context ?? NOTHING_SEEN, dot);
}

/** What who has seen all of these has seen. */
export function contextOf(versions: Versions): CausalContext {
  return versions.reduce((seen, version) => union(seen, clockOf(version)), NOTHING_SEEN);
}

/**
 * Both sets without what a member of either replaces, rising by dots: the same whichever comes first, and however often.
 *
 * @returns `held` itself when nothing is new; `others` itself where nothing else is left.
 */
export function merge(ordering: Ordering, held: Versions, others: Versions): Versions {
  if (others.length === 0) return held;
  if (others.length === 1 && held.length <= 1) return mergeTwo(ordering, held, others);
  const missing = others.filter(
    (other) => !held.some((one) => sameDot(one.dot, other.dot) || replaces(ordering, one, other)),
  );
  if (missing.length === 0) return held;
  const all = [...held, ...missing];
  return all.filter((one) => !all.some((other) => replaces(ordering, other, one))).sort(compareDots);
}

/** The usual case, without siblings: `merge` says the same. */
function mergeTwo(ordering: Ordering, held: Versions, others: Versions): Versions {
  const one = held[0];
  const other = others[0]!;
  if (one === undefined) return others;
  if (sameDot(one.dot, other.dot) || replaces(ordering, one, other)) return held;
  if (replaces(ordering, other, one)) return others;
  return compareDots(one, other) < 0 ? [one, other] : [other, one];
}

export function sameVersions(a: Versions, b: Versions): boolean {
  return a.length === b.length && a.every(({ dot }, i) => sameDot(dot, b[i]!.dot));
}

export function isTombstone({ value }: Version): boolean {
  return value === null;
}

/** A copy that shares nothing with the original: what comes in a message belongs to nobody. */
export function copyVersion({ value, dot, context, timestamp }: Version): Version {
  return { value, dot: { ...dot }, context: context === null ? null : copyContext(context), timestamp };
}

export function copyContext(context: CausalContext): CausalContext {
  return Object.fromEntries(Object.entries(context).map(([actor, intervals]) => [actor, [...intervals]]));
}

import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { ValueMap } from '../value-map.js';
import { sortedBy, type MonitorVerdict } from './monitor.js';

/** What an operation of a queue or a stack did: put a value in, took one out, or found nothing there. */
export type Role = { readonly put: Value } | { readonly took: Value } | 'found-nothing';

/** Says what an operation did; undefined for one that tells nothing, such as a take that was never answered. */
export type RoleOf = (operation: Operation) => Role | undefined;

/** One value's way through the container. */
export interface Item {
  readonly put: Operation;
  readonly take: Operation | undefined;
  /** Bounds of the moments of put and take. Nothing is taken before its put was called, and nothing put after its take returned. */
  readonly putFrom: number;
  readonly putTo: number;
  /** Infinity for what was never taken. */
  readonly takeFrom: number;
  readonly takeTo: number;
}

export interface Items {
  readonly items: readonly Item[];
  readonly foundNothing: readonly Operation[];
}

/**
 * Sorts operations by the values that they put and take. A put that never returned counts when its value was taken, and as
 * if it returned last; otherwise it may as well never have happened.
 *
 * @returns undefined when the history does not qualify: a value is put twice, or a take was never answered; a verdict when
 * a value was taken that was not there.
 */
export function itemsOf(
  operations: readonly Operation[],
  role: RoleOf,
  cut: number,
): Items | MonitorVerdict | undefined {
  const puts = new ValueMap<{ put: Operation; take: Operation | undefined }>();
  const found: { put: Operation; take: Operation | undefined }[] = [];
  const takes: { value: Value; take: Operation }[] = [];
  const foundNothing: Operation[] = [];
  for (const operation of operations) {
    const what = role(operation);
    if (what === undefined) return undefined;
    if (what !== 'found-nothing' && 'put' in what) {
      if (puts.get(what.put) !== undefined) return undefined;
      const entry = { put: operation, take: undefined };
      puts.set(what.put, entry);
      found.push(entry);
      continue;
    }
    if (operation.return > cut || operation.return === Infinity) return undefined;
    if (what === 'found-nothing') foundNothing.push(operation);
    else takes.push({ value: what.took, take: operation });
  }
  for (const { value, take } of takes) {
    const entry = puts.get(value);
    if (entry === undefined) return { verdict: 'violation', part: [take] };
    if (entry.take !== undefined) return { verdict: 'violation', part: [entry.put, entry.take, take] };
    if (take.return < entry.put.call) return { verdict: 'violation', part: [entry.put, take] };
    entry.take = take;
  }
  const returned = (operation: Operation): number => (operation.return <= cut ? operation.return : Infinity);
  const items = found
    .filter(({ put, take }) => take !== undefined || returned(put) !== Infinity)
    .map(({ put, take }) => ({
      put,
      take,
      putFrom: put.call,
      putTo: Math.min(returned(put), take?.return ?? Infinity),
      takeFrom: Math.max(put.call, take?.call ?? Infinity),
      takeTo: take?.return ?? Infinity,
    }));
  return { items, foundNothing };
}

/** A stretch of the history throughout which something surely is in the container. */
interface Span {
  readonly from: number;
  /** Infinity where something was never taken. */
  to: number;
}

/** Those that surely are there for a while: from when the put returned until the take was called. */
export function sureItems(items: readonly Item[]): Item[] {
  const sure = items.filter((item) => item.putTo < item.takeFrom);
  return Array.from(
    sortedBy(sure.length, (i) => (sure[i] as Item).putTo),
    (i) => sure[i] as Item,
  );
}

/** When the container surely is not empty. @param sure by the return of the put, rising. */
function spansOf(sure: readonly Item[]): Span[] {
  const spans: Span[] = [];
  for (const { putTo, takeFrom } of sure) {
    const span = spans.at(-1);
    if (span === undefined || putTo > span.to) spans.push({ from: putTo, to: takeFrom });
    else span.to = Math.max(span.to, takeFrom);
  }
  return spans;
}

/**
 * As few items as cover the time from one moment to another without a gap.
 *
 * @param sure by the return of the put, rising; together they cover it.
 */
export function coverOf(sure: readonly Item[], from: number, to: number): Item[] {
  const cover: Item[] = [];
  let reached = from;
  let best: Item | undefined;
  for (const item of sure) {
    if (item.putTo > reached) {
      if (best === undefined) break;
      cover.push(best);
      reached = best.takeFrom;
      best = undefined;
      if (reached > to) return cover;
    }
    if (item.putTo <= reached && item.takeFrom > (best?.takeFrom ?? reached)) best = item;
  }
  return best === undefined ? cover : [...cover, best];
}

/** The first moment from `from` on at which nothing need be there, between two events. */
function emptyMoment(spans: readonly Span[], from: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle] as Span).from <= from) low = middle + 1;
    else high = middle;
  }
  const span = spans[low - 1];
  return span === undefined || span.to <= from ? from + 0.5 : span.to + 0.5;
}

/** Items cut into groups between moments at which the container is empty, each as early as it can be; and what found nothing there. */
export interface Groups {
  readonly groups: readonly (readonly Item[])[];
  /** `foundNothing[g]`: those that come right after group g - 1, and before group g. */
  readonly foundNothing: readonly (readonly Operation[])[];
}

/**
 * Gives each operation that found nothing the first moment at which nothing need be there, and cuts the items at these moments.
 * Items whose put and take were both called by then go before: they can, as nothing else need be there.
 */
export function groupsOf({ items, foundNothing }: Items): Groups | MonitorVerdict {
  const sure = sureItems(items);
  const spans = spansOf(sure);
  const moments = foundNothing.map((operation) => ({ operation, at: emptyMoment(spans, operation.call) }));
  const late = moments.find(({ operation, at }) => at > operation.return);
  if (late !== undefined) {
    const { call, return: returned } = late.operation;
    return {
      verdict: 'violation',
      part: [late.operation, ...coverOf(sure, call, returned).flatMap(operationsOfItem)],
    };
  }
  const cuts = [...new Set(moments.map(({ at }) => at).sort((a, b) => a - b))];
  const groups: Item[][] = [[], ...cuts.map(() => [])];
  const found: Operation[][] = [[], ...cuts.map(() => [])];
  for (const { operation, at } of moments) found[indexOfCut(cuts, at) + 1]?.push(operation);
  for (const item of items) groups[indexOfCut(cuts, Math.max(item.putFrom, item.takeFrom))]?.push(item);
  return { groups, foundNothing: found };
}

/** How many cuts are before the moment. */
function indexOfCut(cuts: readonly number[], moment: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle] as number) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function operationsOfItem({ put, take }: Item): Operation[] {
  return take === undefined ? [put] : [put, take];
}

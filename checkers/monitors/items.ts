import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { ValueMap } from '../value-map.js';
import { MAX_PLACE, sortedBy, type MonitorVerdict } from './monitor.js';

/** What an operation of a queue or a stack did: put a value in, took one out, or found nothing there. */
export type Role = { readonly put: Value } | { readonly took: Value } | 'found-nothing';

/** Says what an operation did; undefined for one that tells nothing, such as a take that was never answered. */
export type RoleOf = (operation: Operation) => Role | undefined;

/** One value's way through the container. */
export interface Item {
  readonly value: Value;
  readonly put: Operation;
  readonly take: Operation | undefined;
  /** Where there is no take: one of this value that may have happened. */
  readonly may: Operation | undefined;
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
  /** Takes that were never answered, by their calls: each may have taken anything at any time, or never. */
  readonly pending: readonly Operation[];
}

/**
 * Sorts operations by the values that they put and take. A put that never returned counts when its value was taken, and as
 * if it returned last; otherwise it may as well never have happened. A take that returns after the cut may happen or not.
 *
 * @returns undefined when the history does not qualify: a value is put twice; a verdict when a value was taken that was not there.
 */
export function itemsOf(
  operations: readonly Operation[],
  role: RoleOf,
  cut: number,
): Items | MonitorVerdict | undefined {
  const puts = new ValueMap<Entry>();
  const found: Entry[] = [];
  const takes: Operation[] = [];
  const taken: Value[] = [];
  const foundNothing: Operation[] = [];
  const pending: Operation[] = [];
  const returned = (operation: Operation): number => (operation.return <= cut ? operation.return : Infinity);
  for (const operation of operations) {
    const what = role(operation);
    if (what === undefined) pending.push(operation);
    else if (what === 'found-nothing') {
      if (returned(operation) !== Infinity) foundNothing.push(operation);
    } else if ('took' in what) {
      takes.push(operation);
      taken.push(what.took);
    } else {
      const entry = { value: what.put, put: operation, take: undefined, may: undefined };
      if (!puts.add(what.put, entry)) return undefined;
      found.push(entry);
    }
  }
  const open: number[] = [];
  for (let i = 0; i < takes.length; i++) {
    const take = takes[i] as Operation;
    if (returned(take) === Infinity) {
      open.push(i);
      continue;
    }
    const entry = puts.get(taken[i]);
    if (entry === undefined) return { verdict: 'violation', part: [take] };
    if (entry.take !== undefined) return { verdict: 'violation', part: [entry.put, entry.take, take] };
    if (take.return < entry.put.call) return { verdict: 'violation', part: [entry.put, take] };
    entry.take = take;
  }
  for (const i of open) {
    const entry = puts.get(taken[i]);
    if (entry?.take === undefined && entry !== undefined) entry.may ??= takes[i];
  }
  const items: Item[] = [];
  for (const entry of found) {
    const putReturned = returned(entry.put);
    if (entry.take !== undefined || putReturned !== Infinity) items.push(itemOf(entry, putReturned));
  }
  return { items, foundNothing, pending };
}

interface Entry {
  readonly value: Value;
  readonly put: Operation;
  take: Operation | undefined;
  may: Operation | undefined;
}

function itemOf({ value, put, take, may }: Entry, putReturned: number): Item {
  const takeTo = take?.return ?? Infinity;
  const takeFrom = Math.max(put.call, take?.call ?? Infinity);
  return { value, put, take, may, putFrom: put.call, putTo: Math.min(putReturned, takeTo), takeFrom, takeTo };
}

/** A value that nobody is known to have taken, which surely was not there any more when others did something. */
export interface MustGo {
  readonly item: Item;
  readonly because: readonly Operation[];
  /** By when it had to be gone. */
  readonly by: number;
}

/**
 * Judges with takes that may have happened: of a value that is known, or of any. A value that must have gone is taken by its own one,
 * else by one of the others: the one called first takes the value that had to go first. Too few of them are a violation; and so
 * is what remains one when every value that nobody took may be taken by its own or from the first call of the others on, and at
 * the latest when all is over. What is left then is for the search.
 *
 * @returns undefined when it cannot say.
 */
export function withPendingTakes(
  found: Items,
  mustGo: (items: Items) => readonly MustGo[],
  judge: (items: Items) => MonitorVerdict,
): MonitorVerdict | undefined {
  const { items, foundNothing, pending } = found;
  if (pending.length === 0 && items.every(({ may }) => may === undefined)) return judge(found);
  const stuck = [...mustGo(found)].sort((a, b) => a.by - b.by);
  const others = stuck.filter(({ item }) => item.may === undefined);
  if (others.length > pending.length) {
    const some = others.slice(0, pending.length + 1);
    return { verdict: 'violation', part: [...new Set(some.flatMap(({ item, because }) => [item.put, ...because]))] };
  }
  const takes = new Map(others.map(({ item }, i) => [item, pending[i] as Operation]));
  for (const { item } of stuck) if (item.may !== undefined) takes.set(item, item.may);
  const judged = judge({ ...found, items: items.map((item) => takenBy(item, takes.get(item))) });
  if (judged.verdict === 'ok') return judged;
  const any = { ...(pending[0] ?? END) };
  const relaxed = judge({ ...found, items: items.map((item) => takenBy(item, earlier(item.may, any))) });
  if (relaxed.verdict === 'ok') return undefined;
  const known = new Set([...items.flatMap(operationsOfItem), ...foundNothing]);
  return { verdict: 'violation', part: relaxed.part.filter((operation) => known.has(operation)) };
}

/** When all is over. */
const END = { call: MAX_PLACE } as Operation;

function earlier(a: Operation | undefined, b: Operation): Operation {
  return a !== undefined && a.call < b.call ? a : b;
}

function takenBy(item: Item, take: Operation | undefined): Item {
  if (item.take !== undefined || take === undefined) return item;
  return { ...item, take, takeFrom: Math.max(item.putFrom, take.call) };
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
  const sorted: Item[] = [];
  for (const i of sortedBy(sure.length, (k) => (sure[k] as Item).putTo)) sorted.push(sure[i] as Item);
  return sorted;
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

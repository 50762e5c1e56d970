import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { isPure, type AnyModel } from '../models/model.js';
import { ValueMap } from '../value-map.js';
import { sameValue } from '../values.js';
import type { Monitor, MonitorVerdict } from './monitor.js';
import { inOrderOfRanks } from './ranks.js';

type Items = string | readonly Value[];

/** What an operation did. What was read from an empty list, or an absent one, is an empty list. */
export type AppendRole = { readonly append: Value } | { readonly read: Items };
export type AppendRoleOf = (model: AnyModel, operation: Operation) => AppendRole | undefined;

interface Append {
  readonly value: Value;
  readonly operation: Operation;
}

interface Read {
  readonly items: Items;
  readonly operation: Operation;
}

/** More lengths than this among the texts that were appended, and reads are not taken apart. */
const LENGTHS_MAX = 24;

/**
 * A list, or a text, to which every value is appended once. The longest read says in what order the appends came, and every
 * other read which place of it is its own; appends that nobody saw come last. O(n log n), and the length of all that was read.
 *
 * @param joinsTexts texts are appended to make one text, and other values to make a list; otherwise all make a list.
 */
export function appendMonitor(role: AppendRoleOf, joinsTexts: boolean): Monitor {
  return {
    name: 'append-list',
    judge(model, operations, cut) {
      const appends: Append[] = [];
      const reads: Read[] = [];
      for (const operation of operations) {
        const what = role(model, operation);
        if (what !== undefined && 'append' in what) appends.push({ value: what.append, operation });
        // A read that was never answered tells nothing.
        else if (isPure(model, operation) && (operation.outcome === 'unknown' || operation.return > cut)) continue;
        else if (what === undefined) return undefined;
        else reads.push({ items: what.read, operation });
      }
      return speakOneLanguage(appends, reads, joinsTexts) ? judge(appends, reads, cut) : undefined;
    },
  };
}

function speakOneLanguage(appends: readonly Append[], reads: readonly Read[], joinsTexts: boolean): boolean {
  const texts = appends.filter(({ value }) => typeof value === 'string');
  const readText = reads.some(({ items }) => typeof items === 'string');
  const readList = reads.some(({ items }) => typeof items !== 'string' && items.length > 0);
  if (!joinsTexts) return !readText;
  if (texts.length === 0) return !readText;
  return texts.length === appends.length && !readList && texts.every(({ value }) => value !== '');
}

function judge(appends: readonly Append[], reads: readonly Read[], cut: number): MonitorVerdict | undefined {
  const longest = reads.reduce<Read | undefined>(
    (a, b) => (a === undefined || b.items.length > a.items.length ? b : a),
    undefined,
  );
  const byValue = new ValueMap<Append>();
  for (const append of appends) {
    if (byValue.get(append.value) !== undefined) return undefined;
    byValue.set(append.value, append);
  }
  const items = longest?.items ?? [];
  const order = typeof items === 'string' ? takeApart(items, appends, byValue) : items.map((item) => byValue.get(item));
  if (order === undefined) return undefined;
  const garbage = order.includes(undefined) || new Set(order).size < order.length;
  if (longest !== undefined && garbage) {
    const twice = order.find((append, i) => append !== undefined && order.indexOf(append) !== i);
    return violation(...(twice === undefined || order.includes(undefined) ? [] : [twice.operation]), longest.operation);
  }
  return ranked(appends, reads, order as readonly Append[], longest, cut);
}

function violation(...part: readonly Operation[]): MonitorVerdict {
  return { verdict: 'violation', part };
}

/** The appends whose texts make up a text, one after the other; the last one undefined where none fits; nothing where two do. */
function takeApart(
  text: string,
  appends: readonly Append[],
  byText: ValueMap<Append>,
): (Append | undefined)[] | undefined {
  const lengths = [...new Set(appends.map(({ value }) => (value as string).length))];
  if (lengths.length > LENGTHS_MAX) return undefined;
  const pieces: (Append | undefined)[] = [];
  for (let at = 0; at < text.length;) {
    const fitting = lengths.map((length) => byText.get(text.slice(at, at + length))).filter((one) => one !== undefined);
    if (fitting.length > 1) return undefined;
    pieces.push(fitting[0]);
    if (fitting[0] === undefined) return pieces;
    at += (fitting[0].value as string).length;
  }
  return pieces;
}

function ranked(
  appends: readonly Append[],
  reads: readonly Read[],
  order: readonly Append[],
  longest: Read | undefined,
  cut: number,
): MonitorVerdict {
  const returned = ({ return: at }: Operation): number => (at <= cut ? at : Infinity);
  // Of a text, how many pieces a beginning of each length has.
  const piecesAt = new Map<number, number>([[0, 0]]);
  const place = new Map<Append, number>();
  let length = 0;
  for (const [i, append] of order.entries()) {
    place.set(append, i);
    length += typeof longest?.items === 'string' ? (append.value as string).length : 1;
    piecesAt.set(length, i + 1);
  }
  const operations: Operation[] = [];
  const ranks: number[] = [];
  for (const { items, operation } of reads) {
    const pieces = piecesAt.get(items.length);
    if (longest === undefined || pieces === undefined || !isBeginning(items, longest.items)) {
      return violation(operation, ...(longest === undefined ? [] : [longest.operation]));
    }
    operations.push(operation);
    ranks.push(2 * pieces);
  }
  for (const append of appends) {
    const at = place.get(append);
    // Nobody saw it, and it never returned: it may as well never have happened.
    if (at === undefined && returned(append.operation) === Infinity) continue;
    operations.push(append.operation);
    ranks.push(at === undefined ? 2 * order.length + 1 : 2 * at + 1);
  }
  return inOrderOfRanks(operations, ranks, returned, longest === undefined ? [] : [longest.operation]);
}

function isBeginning(items: Items, of: Items): boolean {
  if (items.length === 0) return true;
  if (typeof items === 'string' || typeof of === 'string')
    return typeof items === typeof of && of.slice(0, items.length) === items;
  return items.every((item, i) => sameValue(item, of[i]));
}

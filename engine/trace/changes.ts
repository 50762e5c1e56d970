import type { Plain } from '../protocol.js';
import type { Change } from './record.js';

/**
 * What differs between two states that share structure: parts that are the same object are skipped, so that the cost is that
 * of the change. Entries of maps and objects are told by key, those of arrays by index.
 */
export function changesBetween(before: Plain, after: Plain): Change[] {
  const changes: Change[] = [];
  collect(before, after, { path: [], fields: null }, changes);
  return changes;
}

/**
 * Tells the changes of two halves of a state, step after step. The fields of a state are the same ones again and again: their
 * paths are made once, and all changes of a field share one.
 */
export class StateChanges {
  private readonly durable: Place = { path: ['durable'], fields: null };
  private readonly volatile: Place = { path: ['volatile'], fields: null };

  /** Of a state of which nothing was told before. */
  whole(durable: object, volatile: object): Change[] {
    return [
      { path: this.durable.path, to: durable as Plain },
      { path: this.volatile.path, to: volatile as Plain },
    ];
  }

  between(durable: object, volatile: object, durableNow: object, volatileNow: object): Change[] {
    const changes: Change[] = [];
    collect(durable as Plain, durableNow as Plain, this.durable, changes);
    collect(volatile as Plain, volatileNow as Plain, this.volatile, changes);
    return changes;
  }
}

/** Where in a state something is. */
interface Place {
  readonly path: readonly (string | number)[];
  /** Its fields, as far as they were met; null before the first. */
  fields: Map<string, Place> | null;
}

/** More fields than this are no fields, but keys of what is kept: those come and go. */
const FIELDS_MAX = 64;

function fieldOf(place: Place, key: string): Place {
  const fields = (place.fields ??= new Map<string, Place>());
  const known = fields.get(key);
  if (known !== undefined) return known;
  const field = itemOf(place, key);
  if (fields.size < FIELDS_MAX) fields.set(key, field);
  return field;
}

function itemOf({ path }: Place, key: string | number): Place {
  return { path: [...path, key], fields: null };
}

function collect(before: Plain, after: Plain, place: Place, changes: Change[]): void {
  if (Object.is(before, after)) return;
  const kind = kindOf(after);
  if (kind === 'scalar' || kind === 'set' || kind !== kindOf(before)) {
    if (kind !== 'set' || !sameMembers(before, after as ReadonlySet<string | number>))
      changes.push({ path: place.path, to: after });
    return;
  }
  if (kind === 'array') {
    collectItems(before as readonly Plain[], after as readonly Plain[], place, changes);
    return;
  }
  if (kind === 'map') collectEntries(before as PlainMap, after as PlainMap, place, changes);
  else collectFields(before as PlainRecord, after as PlainRecord, place, changes);
}

type PlainMap = ReadonlyMap<string | number, Plain>;
type PlainRecord = Readonly<Record<string, Plain>>;

function collectEntries(before: PlainMap, after: PlainMap, place: Place, changes: Change[]): void {
  for (const [key, value] of after) {
    const old = before.get(key);
    if (old === undefined && !before.has(key)) changes.push({ path: [...place.path, key], to: value });
    else if (old !== value) collect(old, value, itemOf(place, key), changes);
  }
  for (const key of before.keys()) if (!after.has(key)) changes.push({ path: [...place.path, key] });
}

/** Most fields are as they were, so nothing is made for them. */
function collectFields(before: PlainRecord, after: PlainRecord, place: Place, changes: Change[]): void {
  for (const key in after) {
    const value = after[key];
    const old = before[key];
    if (old === value && old !== undefined) continue;
    if (!Object.hasOwn(before, key)) changes.push({ path: fieldOf(place, key).path, to: value });
    else if (old !== value) collect(old, value, fieldOf(place, key), changes);
  }
  for (const key in before) if (!Object.hasOwn(after, key)) changes.push({ path: fieldOf(place, key).path });
}

function collectItems(before: readonly Plain[], after: readonly Plain[], place: Place, changes: Change[]): void {
  const shared = Math.min(before.length, after.length);
  // Not by `!==`, which looks into what it compares, as NaN is not itself.
  for (let i = 0; i < shared; i++)
    if (!Object.is(before[i], after[i])) collect(before[i], after[i], itemOf(place, i), changes);
  for (let i = shared; i < after.length; i++) changes.push({ path: [...place.path, i], to: after[i] });
  // From the end, so that removing one element after the other keeps the indices true.
  for (let i = before.length - 1; i >= shared; i--) changes.push({ path: [...place.path, i] });
}

function kindOf(value: Plain): 'scalar' | 'array' | 'map' | 'set' | 'object' {
  if (typeof value !== 'object' || value === null) return 'scalar';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Map) return 'map';
  return value instanceof Set ? 'set' : 'object';
}

function sameMembers(before: Plain, after: ReadonlySet<string | number>): boolean {
  return before instanceof Set && before.size === after.size && [...after].every((item) => before.has(item));
}

import type { Plain } from '../protocol.js';
import type { Change } from './record.js';

/**
 * What differs between two states that share structure: parts that are the same object are skipped, so that the cost is that
 * of the change. Entries of maps and objects are told by key, those of arrays by index.
 */
export function changesBetween(before: Plain, after: Plain, path: readonly (string | number)[] = []): Change[] {
  const changes: Change[] = [];
  collect(before, after, path, changes);
  return changes;
}

function collect(before: Plain, after: Plain, path: readonly (string | number)[], changes: Change[]): void {
  if (Object.is(before, after)) return;
  const kind = kindOf(after);
  if (kind === 'scalar' || kind === 'set' || kind !== kindOf(before)) {
    if (kind !== 'set' || !sameMembers(before, after as ReadonlySet<string | number>))
      changes.push({ path, to: after });
    return;
  }
  if (kind === 'array') {
    collectItems(before as readonly Plain[], after as readonly Plain[], path, changes);
    return;
  }
  if (kind === 'map') collectEntries(before as PlainMap, after as PlainMap, path, changes);
  else collectFields(before as PlainRecord, after as PlainRecord, path, changes);
}

type PlainMap = ReadonlyMap<string | number, Plain>;
type PlainRecord = Readonly<Record<string, Plain>>;

function collectEntries(
  before: PlainMap,
  after: PlainMap,
  path: readonly (string | number)[],
  changes: Change[],
): void {
  for (const [key, value] of after) {
    const old = before.get(key);
    if (old === undefined && !before.has(key)) changes.push({ path: [...path, key], to: value });
    else if (old !== value) collect(old, value, [...path, key], changes);
  }
  for (const key of before.keys()) if (!after.has(key)) changes.push({ path: [...path, key] });
}

/** Most fields are as they were, so nothing is made for them. */
function collectFields(
  before: PlainRecord,
  after: PlainRecord,
  path: readonly (string | number)[],
  changes: Change[],
): void {
  for (const key in after) {
    const value = after[key];
    const old = before[key];
    if (old === value && old !== undefined) continue;
    if (!Object.hasOwn(before, key)) changes.push({ path: [...path, key], to: value });
    else if (old !== value) collect(old, value, [...path, key], changes);
  }
  for (const key in before) if (!Object.hasOwn(after, key)) changes.push({ path: [...path, key] });
}

function collectItems(
  before: readonly Plain[],
  after: readonly Plain[],
  path: readonly (string | number)[],
  changes: Change[],
): void {
  const shared = Math.min(before.length, after.length);
  // Not by `!==`, which looks into what it compares, as NaN is not itself.
  for (let i = 0; i < shared; i++)
    if (!Object.is(before[i], after[i])) collect(before[i], after[i], [...path, i], changes);
  for (let i = shared; i < after.length; i++) changes.push({ path: [...path, i], to: after[i] });
  // From the end, so that removing one element after the other keeps the indices true.
  for (let i = before.length - 1; i >= shared; i--) changes.push({ path: [...path, i] });
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

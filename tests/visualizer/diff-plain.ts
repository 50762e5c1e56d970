import type { Change, Plain } from '../../engine/index.js';

/** Adds what turns `before` into `after`: removed places have no `to`, removed array elements come from the end. */
export function diffPlain(before: Plain, after: Plain, path: readonly (string | number)[], out: Change[]): void {
  if (before === after) return;
  if (before instanceof Map && after instanceof Map) return diffEntries(before, after, path, out);
  if (Array.isArray(before) && Array.isArray(after)) {
    for (let at = before.length - 1; at >= after.length; at -= 1) out.push({ path: [...path, at] });
    for (const [at, value] of (after as readonly Plain[]).entries())
      diffPlain(before[at] as Plain, value, [...path, at], out);
    return undefined;
  }
  if (isRecord(before) && isRecord(after)) {
    return diffEntries(new Map(Object.entries(before)), new Map(Object.entries(after)), path, out);
  }
  if (before instanceof Set && after instanceof Set && [...before].join() === [...after].join()) return undefined;
  out.push(after === undefined ? { path } : { path, to: after });
  return undefined;
}

function diffEntries(
  before: ReadonlyMap<string | number, Plain>,
  after: ReadonlyMap<string | number, Plain>,
  path: readonly (string | number)[],
  out: Change[],
): void {
  for (const key of before.keys()) if (!after.has(key)) out.push({ path: [...path, key] });
  for (const [key, value] of after) diffPlain(before.get(key), value, [...path, key], out);
}

function isRecord(value: Plain): value is { readonly [key: string]: Plain } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Map) &&
    !(value instanceof Set)
  );
}

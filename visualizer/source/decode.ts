import type { Plain } from '../../engine/index.js';

/**
 * Turns parsed JSON back into plain data: `#map`, `#set` and `#bigint` objects become what they stand for. Returns
 * the very same object where nothing had to change, so that a long trace costs no second copy.
 */
export function decodePlain(value: unknown): Plain {
  if (typeof value !== 'object' || value === null) return value as Plain;
  if (Array.isArray(value)) return decodeArray(value);
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) {
    const special = decodeSpecial(only[0], only[1]);
    if (special !== undefined) return special;
  }
  let copy: Record<string, Plain> | null = null;
  for (const [key, old] of entries) {
    const decoded = decodePlain(old);
    if (decoded === old) continue;
    copy ??= { ...(value as Record<string, Plain>) };
    copy[key] = decoded;
  }
  return copy ?? (value as Plain);
}

function decodeArray(value: readonly unknown[]): Plain {
  let copy: Plain[] | null = null;
  for (const [index, old] of value.entries()) {
    const decoded = decodePlain(old);
    if (decoded === old) continue;
    copy ??= [...(value as readonly Plain[])];
    copy[index] = decoded;
  }
  return copy ?? (value as readonly Plain[]);
}

function decodeSpecial(key: string, value: unknown): Plain | undefined {
  if (key === '#map' && Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    return new Map(
      (value as readonly (readonly [string | number, unknown])[]).map(([k, v]) => [k, decodePlain(v)] as const),
    );
  }
  if (key === '#set' && Array.isArray(value)) return new Set(value as readonly (string | number)[]);
  // Shown, never computed with: the digits are enough.
  if (key === '#bigint' && typeof value === 'string') return value;
  return undefined;
}

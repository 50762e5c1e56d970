import type { Value } from '../engine/history.js';
import { legible } from './report/legible.js';

/**
 * A text that two values share exactly when they are equal: what states and keys are told apart by. Objects by content
 * whatever the order of their keys, `1` and `1n` and `'1'` apart. Takes Maps and Sets too, as a model's state may be one.
 *
 * @throws TypeError for functions, symbols and objects of a class: two of these cannot be compared.
 */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return String(value);
    case 'bigint':
      return `${value}n`;
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object':
      return value === null ? 'null' : canonicalObject(value);
    default:
      throw new TypeError(`a ${typeof value} cannot be part of a value or of a model's state`);
  }
}

function canonicalObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value instanceof Map) {
    const pairs = [...value].map(([key, item]) => `${canonical(key)}=>${canonical(item)}`);
    return `Map{${pairs.sort(compareText).join()}}`;
  }
  if (value instanceof Set) return `Set{${[...value].map(canonical).sort(compareText).join()}}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new TypeError(
      `an object of a class (${value.constructor.name}) cannot be part of a value or of a model's state`,
    );
  }
  const pairs = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`);
  return `{${pairs.sort(compareText).join()}}`;
}

/** Orders texts by code unit: the same everywhere, unlike an order by locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Are these the same value, by content? */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== typeof b || a === null || b === null) return false;
  if (typeof a !== 'object') return Number.isNaN(a) && Number.isNaN(b);
  return canonical(a) === canonical(b);
}

const SHOWN_CHARS_MAX = 60;

/** A value as people read it: short strings bare, long things cut, nothing that a terminal would act on. */
export function showValue(value: unknown): string {
  const text = typeof value === 'string' && /^[\w.:-]+$/.test(value) ? value : canonical(value);
  return shorten(legible(text), SHOWN_CHARS_MAX);
}

/** Cuts the middle out of a long text: both ends tell more than one. */
export function shorten(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const half = Math.floor((charsMax - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(text.length - half)}`;
}

/** The known name that is most like the given one, or nothing when none is close. */
export function nearestName(given: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.round(0.4 * given.length)) + 1;
  for (const name of known) {
    const distance = editDistance(given.toLowerCase().slice(0, 40), name.toLowerCase());
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** Is this a plain object: no array, no null? */
export function isRecord(value: unknown): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

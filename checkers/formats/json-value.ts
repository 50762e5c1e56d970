import type { Value } from '../../engine/history.js';

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const SPECIAL = ['#bigint', '#float', '#object'] as const;
const DEPTH_MAX = 200;

/** Why a value cannot be written or read. */
export class ValueFault extends Error {
  constructor(
    readonly offending: string,
    readonly expected: string,
  ) {
    super(`${offending} where ${expected} was expected`);
  }
}

/**
 * A value as JSON that gives it back exactly: `{"#bigint": "9007199254740993"}`; numbers that JSON or a reader of JSON
 * would change as `{"#float": "-0"}`; objects that look like one of these as `{"#object": [[key, value], …]}`.
 */
export function valueToJson(value: Value): Json {
  if (typeof value === 'bigint') return { '#bigint': String(value) };
  if (typeof value === 'number')
    return exact(value) ? value : { '#float': Object.is(value, -0) ? '-0' : String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(valueToJson);
  const entries = Object.entries(value).map(([key, item]) => [key, valueToJson(item)] as const);
  return SPECIAL.some((name) => Object.hasOwn(value, name)) ? { '#object': entries } : Object.fromEntries(entries);
}

/** @throws ValueFault for what is nested too deeply, or is none of the special objects although it looks like one. */
export function valueFromJson(json: unknown, depth = 0): Value {
  if (depth > DEPTH_MAX) throw new ValueFault('deep nesting', `at most ${DEPTH_MAX} levels`);
  if (typeof json === 'number' && !exact(json)) {
    throw new ValueFault(String(json), 'an integer below 2^53, or {"#bigint": "…"} or {"#float": "…"}');
  }
  if (json === null || typeof json !== 'object') return json as Value;
  if (Array.isArray(json)) return json.map((item) => valueFromJson(item, depth + 1));
  const special = SPECIAL.find((name) => Object.hasOwn(json, name));
  if (special !== undefined) return specialFromJson(special, json as Record<string, unknown>, depth);
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, valueFromJson(item, depth + 1)]));
}

function specialFromJson(name: (typeof SPECIAL)[number], json: Record<string, unknown>, depth: number): Value {
  const content = json[name];
  const alone = Object.keys(json).length === 1;
  if (name === '#bigint' && alone && typeof content === 'string' && /^-?\d{1,10000}$/.test(content))
    return BigInt(content);
  if (
    name === '#float' &&
    alone &&
    typeof content === 'string' &&
    /^(-0|NaN|-?Infinity|-?\d[\d.e+-]*)$/.test(content)
  ) {
    return Number(content);
  }
  if (name === '#object' && alone && Array.isArray(content) && content.every(isPair)) {
    return Object.fromEntries(content.map(([key, item]) => [key, valueFromJson(item, depth + 1)]));
  }
  throw new ValueFault(
    JSON.stringify(json).slice(0, 80),
    `{"${name}": ${name === '#object' ? '[[key, value], …]' : '"digits"'}}`,
  );
}

function isPair(item: unknown): item is [string, unknown] {
  return Array.isArray(item) && item.length === 2 && typeof item[0] === 'string';
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

// A reader of JSON rounds integers above 2^53, so that such a number may not be what was written.
function exact(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

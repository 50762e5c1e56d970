declare const micros: unique symbol;

/** Virtual time or a duration: an integer number of microseconds. */
export type Micros = number & { readonly [micros]?: true };

export const US_PER_MS = 1_000;
export const US_PER_SECOND = 1_000_000;

/** A duration of `value` milliseconds, rounded to whole microseconds. */
export function ms(value: number): Micros {
  return Math.round(value * US_PER_MS);
}

/** A duration of `value` seconds, rounded to whole microseconds. */
export function seconds(value: number): Micros {
  return Math.round(value * US_PER_SECOND);
}

const UNIT_US: ReadonlyMap<string, number> = new Map([
  ['us', 1],
  ['µs', 1],
  ['ms', US_PER_MS],
  ['s', US_PER_SECOND],
  ['m', 60 * US_PER_SECOND],
  ['min', 60 * US_PER_SECOND],
  ['h', 3_600 * US_PER_SECOND],
  ['d', 86_400 * US_PER_SECOND],
]);

/** The units that `parseDuration` knows, for error messages. */
export const DURATION_UNITS: readonly string[] = [...UNIT_US.keys()];

/**
 * Reads `'150ms'`, `'2s'`, `'1.5h'`, `'-3ms'` or `'0'`.
 *
 * @returns microseconds, or `undefined` when the text is no duration (the caller knows the place and says so).
 */
export function parseDuration(text: string): Micros | undefined {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*([a-zµ]+)?\s*$/.exec(text);
  if (match === null) return undefined;
  const amount = Number(match[1]);
  if (match[2] === undefined) return amount === 0 ? 0 : undefined;
  const unit = UNIT_US.get(match[2]);
  if (unit === undefined) return undefined;
  const us = Math.round(amount * unit);
  return Number.isSafeInteger(us) ? us : undefined;
}

/** Writes a time for people: `1.204 s`, `150 ms`, `37 µs`. */
export function formatDuration(us: Micros): string {
  const magnitude = Math.abs(us);
  if (magnitude >= US_PER_SECOND) return `${trim((us / US_PER_SECOND).toFixed(3))} s`;
  if (magnitude >= US_PER_MS) return `${trim((us / US_PER_MS).toFixed(3))} ms`;
  return `${us} µs`;
}

function trim(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}

import { InvalidArgumentError } from 'commander';
import { parseDuration, US_PER_MS } from '../engine/index.js';
import type { Settings } from '../scenarios/index.js';

export type { Settings };

const SEED_MAX = 200;

/** Seeds are texts: any number, name or phrase, but not nothing, and nothing that a terminal cannot show. */
export function seedOption(text: string): string {
  if (text === '') throw new InvalidArgumentError('an empty seed (a number or a text was expected).');
  if (text.length > SEED_MAX)
    throw new InvalidArgumentError(`a seed of ${text.length} characters (at most ${SEED_MAX} were expected).`);
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(text))
    throw new InvalidArgumentError(`the seed ${JSON.stringify(text)} holds control characters.`);
  // The same text may be written in several ways in Unicode; they must not be several seeds.
  return text.normalize('NFC');
}

export function countOption(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError(`${JSON.stringify(text)} (a whole number from 1 was expected).`);
  }
  return value;
}

const THOUSANDS: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9 };

/** A whole number, which may end in k, M or G. */
export function stepsOption(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,12})([kMG]?)$/.exec(text) ?? [];
  const steps = digits === '' ? NaN : Number(digits) * (THOUSANDS[unit] as number);
  if (Number.isSafeInteger(steps)) return steps;
  throw new InvalidArgumentError(`${JSON.stringify(text)} (a whole number such as 20000000 or 20M was expected).`);
}

const BYTES: Readonly<Record<string, number>> = { KB: 1_024, MB: 1_048_576, GB: 1_073_741_824 };

export function memoryOption(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,6})(KB|MB|GB)$/.exec(text) ?? [];
  if (digits !== '') return Number(digits) * (BYTES[unit] as number);
  throw new InvalidArgumentError(`${JSON.stringify(text)} (a size such as 512MB or 2GB was expected).`);
}

/** Each seed keeps its outcome until the end; `fuzz` goes through more, and keeps failures only. */
const SEEDS_MAX = 1_000_000;

export function seedsOption(text: string): number {
  return countUpTo(SEEDS_MAX, text, '; fuzz takes more');
}

/** Each is a run of every cut of every store, whose history is kept. */
const CAP_SEEDS_MAX = 10_000;

export function capSeedsOption(text: string): number {
  return countUpTo(CAP_SEEDS_MAX, text);
}

/** Threads cost memory each, whatever the machine has. */
const WORKERS_MAX = 256;

export function workersOption(text: string): number {
  return countUpTo(WORKERS_MAX, text);
}

function countUpTo(max: number, text: string, rest = ''): number {
  const value = countOption(text);
  if (value > max) throw new InvalidArgumentError(`${JSON.stringify(text)} (at most ${max} were expected${rest}).`);
  return value;
}

export function portOption(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535)
    throw new InvalidArgumentError(`${JSON.stringify(text)} (a port from 0 to 65535 was expected).`);
  return value;
}

/** Longer ones do not fit a timer of Node. */
const TIMER_MS_MAX = 2_147_483_647;

/** A span of real time, in milliseconds. */
export function timeOption(text: string): number {
  const us = parseDuration(text);
  if (us === undefined || us <= 0 || us / US_PER_MS > TIMER_MS_MAX)
    throw new InvalidArgumentError(`${JSON.stringify(text)} (a time such as 30s or 5m was expected).`);
  return us / US_PER_MS;
}

export function shardOption(text: string): { readonly shard: number; readonly of: number } {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const shard = Number(match?.[1]);
  const of = Number(match?.[2]);
  if (match === null || of < 1 || shard < 1 || shard > of) {
    throw new InvalidArgumentError(`${JSON.stringify(text)} (i/n with 1 ≤ i ≤ n was expected, e.g. 2/4).`);
  }
  return { shard: shard - 1, of };
}

/** `--set key=value`, as often as needed. */
export function settingOption(text: string, before: Settings = {}): Settings {
  const at = text.indexOf('=');
  if (at < 1 || text.startsWith('.') || /\.[.=]/.test(text.slice(0, at + 1)))
    throw new InvalidArgumentError(`${JSON.stringify(text)} (key=value was expected, e.g. network.loss=0.1).`);
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

import { UsageError } from './errors.js';
import type { Micros } from './time.js';

/**
 * A distribution of durations as plain data, all times in microseconds. `max`, which each may have, clamps: what would be
 * longer takes `max` exactly (it is not drawn again), so that quantiles below stay where they are.
 */
export type Distribution = { readonly max?: Micros } & (
  | { readonly constant: Micros }
  /** Every whole microsecond in [min, max] is equally likely. */
  | { readonly uniform: readonly [min: Micros, max: Micros] }
  /** Memoryless above `min` (0 when left out). `mean` is that of the whole, `min` included. */
  | { readonly exponential: { readonly mean: number; readonly min?: Micros } }
  /** The bell curve; what would be below `min` (0 when left out) takes `min`. */
  | { readonly normal: { readonly mean: number; readonly deviation: number; readonly min?: Micros } }
  /** Its logarithm is normal with mean ln(median) and deviation sigma (no unit). */
  | { readonly logNormal: { readonly median: number; readonly sigma: number } }
  /** P(longer than x) = (min / x)^alpha for x ≥ min. */
  | { readonly pareto: { readonly min: number; readonly alpha: number } }
  /** Quantiles from 0 to 1 with their values, both rising, linear in between. A quantile given twice is a gap. */
  | { readonly empirical: readonly (readonly [quantile: number, value: number])[] }
  /** One of these, in proportion to the weights. */
  | { readonly mixture: readonly { readonly weight: number; readonly of: Distribution }[] }
);

/** The longest duration that a distribution gives: 2^50 µs, nearly 36 years. Beyond it, samples are clamped. */
export const DURATION_MAX: Micros = 1_125_899_906_842_624;

/** Mixtures within mixtures. */
const DEPTH_MAX = 8;
const SIGMA_MAX = 20;

/** A distribution that cannot be: names the field, what it holds and what was expected there. */
export class DistributionError extends UsageError {
  override readonly name = 'DistributionError';
  constructor(
    /** Such as `mixture[1].of.exponential.mean`; `''` is the distribution itself. */
    readonly path: string,
    readonly value: unknown,
    /** Completes "expected …". */
    readonly expected: string,
  ) {
    super(
      'invalid-distribution',
      `${path === '' ? 'distribution' : path} is ${show(value)}, expected ${expected}`,
      'a distribution is one of: { constant }, { uniform: [min, max] }, { exponential: { mean, min? } }, ' +
        '{ normal: { mean, deviation, min? } }, { logNormal: { median, sigma } }, { pareto: { min, alpha } }, ' +
        '{ empirical: [[quantile, value], …] }, { mixture: [{ weight, of }, …] }; each may have a max; times in µs',
    );
  }
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  try {
    const text = typeof value === 'bigint' ? `${value}n` : JSON.stringify(value);
    return text.length > 80 ? `${text.slice(0, 77)}…` : text;
  } catch {
    return 'something cyclic';
  }
}

const KINDS: { readonly [kind: string]: (value: unknown, path: string, max: Micros, depth: number) => void } = {
  constant: checkConstant,
  uniform: checkUniform,
  exponential: checkExponential,
  normal: checkNormal,
  logNormal: checkLogNormal,
  pareto: checkPareto,
  empirical: checkEmpirical,
  mixture: checkMixture,
};
const KIND_NAMES = Object.keys(KINDS);

/**
 * Checks what may come from a file.
 *
 * @throws DistributionError at the first field that is wrong.
 */
export function checkDistribution(d: unknown, path = ''): asserts d is Distribution {
  check(d, path, 0);
}

function check(d: unknown, path: string, depth: number): void {
  const fields = record(d, path, `an object with one of ${KIND_NAMES.join(', ')}`);
  const keys = Object.keys(fields);
  const unknown = keys.find((key) => key !== 'max' && !KIND_NAMES.includes(key));
  if (unknown !== undefined) {
    throw new DistributionError(
      at(path, unknown),
      fields[unknown],
      `no such field, but one of ${KIND_NAMES.join(', ')}`,
    );
  }
  const kinds = keys.filter((key) => key !== 'max');
  const kind = kinds[0];
  if (kind === undefined || kinds.length > 1) {
    throw new DistributionError(path, d, `exactly one of ${KIND_NAMES.join(', ')}`);
  }
  const max = fields['max'] === undefined ? DURATION_MAX : wholeMicros(fields['max'], at(path, 'max'), 0);
  KINDS[kind]!(fields[kind], at(path, kind), max, depth);
}

function checkConstant(value: unknown, path: string, max: Micros): void {
  wholeMicros(value, path, 0, max);
}

function checkUniform(value: unknown, path: string, max: Micros): void {
  if (!Array.isArray(value) || value.length !== 2) throw new DistributionError(path, value, 'an array [min, max]');
  const low = wholeMicros(value[0], `${path}[0]`, 0, max);
  wholeMicros(value[1], `${path}[1]`, low);
}

function checkExponential(value: unknown, path: string, max: Micros): void {
  const fields = parameters(value, path, ['mean'], ['min']);
  const min = optionalMin(fields, path, max);
  number(fields['mean'], at(path, 'mean'), min, DURATION_MAX, `a mean (the minimum included) of ${min} µs or more`);
}

function checkNormal(value: unknown, path: string, max: Micros): void {
  const fields = parameters(value, path, ['mean', 'deviation'], ['min']);
  optionalMin(fields, path, max);
  number(fields['mean'], at(path, 'mean'), 0, DURATION_MAX);
  number(fields['deviation'], at(path, 'deviation'), 0, DURATION_MAX);
}

function checkLogNormal(value: unknown, path: string): void {
  const fields = parameters(value, path, ['median', 'sigma'], []);
  positive(fields['median'], at(path, 'median'), DURATION_MAX);
  number(fields['sigma'], at(path, 'sigma'), 0, SIGMA_MAX);
}

function checkPareto(value: unknown, path: string, max: Micros): void {
  const fields = parameters(value, path, ['min', 'alpha'], []);
  positive(fields['min'], at(path, 'min'), max);
  positive(fields['alpha'], at(path, 'alpha'), 1e6);
}

function checkEmpirical(value: unknown, path: string, max: Micros): void {
  if (!Array.isArray(value) || value.length < 2) {
    throw new DistributionError(path, value, 'an array of at least two pairs [quantile, value]');
  }
  let quantile = 0;
  let lowest = 0;
  for (const [i, pair] of (value as unknown[]).entries()) {
    const place = `${path}[${i}]`;
    if (!Array.isArray(pair) || pair.length !== 2) throw new DistributionError(place, pair, 'a pair [quantile, value]');
    const first = i === 0;
    const last = i === value.length - 1;
    const wanted = first
      ? '0 in the first pair: its value is the smallest there is'
      : last
        ? '1 in the last pair: its value is the largest there is'
        : `a quantile in [${quantile}, 1], as they rise`;
    quantile = number(pair[0], `${place}[0]`, last ? 1 : quantile, first ? 0 : 1, wanted);
    lowest = number(
      pair[1],
      `${place}[1]`,
      lowest,
      first ? max : DURATION_MAX,
      first ? undefined : `a value of ${lowest} µs or more, as they rise`,
    );
  }
}

function checkMixture(value: unknown, path: string, _max: Micros, depth: number): void {
  if (!Array.isArray(value) || value.length === 0) {
    throw new DistributionError(path, value, 'an array of at least one { weight, of }');
  }
  if (depth === DEPTH_MAX) throw new DistributionError(path, value, `at most ${DEPTH_MAX} mixtures within one another`);
  for (const [i, part] of (value as unknown[]).entries()) {
    const place = `${path}[${i}]`;
    const fields = parameters(part, place, ['weight', 'of'], []);
    positive(fields['weight'], at(place, 'weight'), 1e9);
    check(fields['of'], at(place, 'of'), depth + 1);
  }
}

function optionalMin(fields: Fields, path: string, max: Micros): Micros {
  return fields['min'] === undefined ? 0 : wholeMicros(fields['min'], at(path, 'min'), 0, max);
}

type Fields = { readonly [key: string]: unknown };

function record(value: unknown, path: string, expected: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DistributionError(path, value, expected);
  }
  return value as Fields;
}

function parameters(value: unknown, path: string, required: readonly string[], optional: readonly string[]): Fields {
  const shape = `{ ${[...required, ...optional.map((name) => `${name}?`)].join(', ')} }`;
  const fields = record(value, path, `an object ${shape}`);
  for (const key of Object.keys(fields)) {
    if (!required.includes(key) && !optional.includes(key)) {
      throw new DistributionError(at(path, key), fields[key], `no such field, as the fields are ${shape}`);
    }
  }
  return fields;
}

function wholeMicros(value: unknown, path: string, min: number, max: number = DURATION_MAX): Micros {
  const expected = `a whole number of microseconds in [${min}, ${max}]`;
  if (!Number.isInteger(value)) throw new DistributionError(path, value, expected);
  return number(value, path, min, max, expected);
}

function positive(value: unknown, path: string, max: number): number {
  const expected = `a number above 0, up to ${max}`;
  if (value === 0) throw new DistributionError(path, value, expected);
  return number(value, path, 0, max, expected);
}

function number(
  value: unknown,
  path: string,
  min: number,
  max: number,
  expected = `a number in [${min}, ${max}]`,
): number {
  if (typeof value !== 'number' || !(value >= min && value <= max)) throw new DistributionError(path, value, expected);
  return value;
}

function at(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

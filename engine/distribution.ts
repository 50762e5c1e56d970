import { checkDistribution, DURATION_MAX, type Distribution } from './distribution-check.js';
import { meanOf } from './distribution-mean.js';
import { InternalError } from './errors.js';
import { exp, inverseNormal, ln } from './math.js';
import type { Micros } from './time.js';

export { checkDistribution, DistributionError, DURATION_MAX, type Distribution } from './distribution-check.js';

/** A quantile function: the duration at u in [0, 1). */
type Quantiles = (u: number) => Micros;

/** A distribution that is ready to be drawn from. */
export class Sampler {
  /** Of a uniform distribution, by far the commonest, which so costs no call: how many values there are; else 0. */
  private readonly values: number;
  private readonly low: Micros;
  private readonly quantiles: Quantiles;

  constructor(
    quantiles: Quantiles | UniformRange,
    /** The u of a typical value: the median; of a mixture, the typical value of its heaviest part (the first of such). */
    readonly dull: number,
    /** The mean before rounding to whole microseconds, `min` and `max` applied; null where without a `max` there is none. */
    readonly mean: number | null,
    /** Every u gives the same: there is nothing to draw. */
    readonly constant: boolean,
  ) {
    const uniform = typeof quantiles !== 'function';
    this.values = uniform ? quantiles.values : 0;
    this.low = uniform ? quantiles.low : 0;
    this.quantiles = uniform ? nowhere : quantiles;
  }

  /** The duration at u in [0, 1): whole microseconds, nearest, from 0 to `DURATION_MAX`. One u, one sample. */
  sample(u: number): Micros {
    return this.values > 0 ? this.low + ((u * this.values) | 0) : this.quantiles(u);
  }
}

/** Of durations that fit into 31 bits, none of which is clamped. */
interface UniformRange {
  readonly low: Micros;
  readonly values: number;
}

const UNIFORM_RANGE_MAX = 0x7fffffff;

function nowhere(): never {
  throw new InternalError('a uniform distribution has no quantile function');
}

/** The largest u below 1. */
const U_MAX = 1 - 1 / 9007199254740992;

/**
 * Makes a sampler by inverting the distribution function: except in a mixture, a larger u never gives a shorter duration.
 *
 * @throws DistributionError with the field, its value and what was expected.
 * @example
 * const latency = compileDistribution({ exponential: { mean: 5_000, min: 500 }, max: 50_000 });
 * latency.sample(0.5); // 3619
 */
export function compileDistribution(d: Distribution): Sampler {
  checkDistribution(d);
  return build(d, DURATION_MAX);
}

function build(d: Distribution, limit: Micros): Sampler {
  const max = Math.min(d.max ?? DURATION_MAX, limit);
  if ('mixture' in d) return mixtureSampler(d.mixture, max, meanOf(d, limit));
  const sampler = new Sampler(
    'uniform' in d ? rangeOf(d.uniform, max) : quantilesOf(d, max),
    0.5,
    meanOf(d, limit),
    false,
  );
  const lowest = sampler.sample(0);
  if (lowest !== sampler.sample(U_MAX)) return sampler;
  return new Sampler(() => lowest, 0.5, lowest, true);
}

function rangeOf([low, high]: readonly [Micros, Micros], max: Micros): UniformRange | Quantiles {
  const values = high - low + 1;
  if (high <= max && high < UNIFORM_RANGE_MAX) return { low, values };
  return (u) => Math.min(low + Math.floor(u * values), max);
}

type Simple = Exclude<Distribution, { readonly mixture: unknown } | { readonly uniform: unknown }>;

function quantilesOf(d: Simple, max: Micros): Quantiles {
  if ('constant' in d) {
    const value = Math.min(d.constant, max) + 0; // never -0
    return () => value;
  }
  if ('exponential' in d) {
    const { mean, min = 0 } = d.exponential;
    const above = mean - min;
    return (u) => settle(min - above * ln(1 - u), max);
  }
  if ('normal' in d) {
    const { mean, deviation, min = 0 } = d.normal;
    if (deviation === 0) return () => settle(Math.max(min, mean), max);
    return (u) => settle(Math.max(min, mean + deviation * inverseNormal(u)), max);
  }
  if ('logNormal' in d) {
    const { median, sigma } = d.logNormal;
    if (sigma === 0) return () => settle(median, max);
    return (u) => settle(median * exp(sigma * inverseNormal(u)), max);
  }
  if ('pareto' in d) {
    const { min, alpha } = d.pareto;
    const power = -1 / alpha;
    return (u) => settle(min * exp(power * ln(1 - u)), max);
  }
  return tableLookup(d.empirical, max);
}

/** The nearest whole microsecond, `max` at most. */
function settle(value: number, max: Micros): Micros {
  return value < max ? Math.floor(value + 0.5) : max;
}

function tableLookup(table: readonly (readonly [number, number])[], max: Micros): Quantiles {
  const quantiles = Float64Array.from(table, (pair) => pair[0]);
  const values = Float64Array.from(table, (pair) => pair[1]);
  const segments = table.length - 1;
  return (u) => {
    // The last pair whose quantile is at most u, the very last one excepted.
    let low = 0;
    let high = segments;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (quantiles[middle]! <= u) low = middle;
      else high = middle;
    }
    // Never 0 / 0: of equal quantiles the last was taken, and u is below the 1 at the end. A slope could be infinite.
    const share = (u - quantiles[low]!) / (quantiles[low + 1]! - quantiles[low]!);
    const value = values[low]! + share * (values[low + 1]! - values[low]!);
    return settle(Math.min(value, values[low + 1]!), max);
  };
}

function mixtureSampler(
  parts: readonly { readonly weight: number; readonly of: Distribution }[],
  max: Micros,
  mean: number | null,
): Sampler {
  const samplers = parts.map((part) => build(part.of, max));
  const total = parts.reduce((sum, part) => sum + part.weight, 0);
  // Part i takes the u from starts[i] up to starts[i + 1].
  const starts = new Float64Array(parts.length + 1);
  let sum = 0;
  for (const [i, part] of parts.entries()) {
    starts[i] = sum / total;
    sum += part.weight;
  }
  starts[parts.length] = 1;
  const scales = Float64Array.from(parts, (_, i) => 1 / (starts[i + 1]! - starts[i]!));
  const last = parts.length - 1;

  const sample = (u: number): Micros => {
    let i = 0;
    while (i < last && u >= starts[i + 1]!) i++;
    return samplers[i]!.sample(Math.min((u - starts[i]!) * scales[i]!, U_MAX));
  };
  const first = samplers[0]!;
  const lowest = first.sample(0);
  if (samplers.every((part) => part.constant && part.sample(0) === lowest)) return first;

  let heaviest = 0;
  for (const [i, part] of parts.entries()) if (part.weight > parts[heaviest]!.weight) heaviest = i;
  const dull = starts[heaviest]! + samplers[heaviest]!.dull * (starts[heaviest + 1]! - starts[heaviest]!);
  return new Sampler(sample, dull, mean, false);
}

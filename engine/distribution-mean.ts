import { DURATION_MAX, type Distribution } from './distribution-check.js';
import { exp, ln, normalCdf, normalDensity, pow } from './math.js';
import type { Micros } from './time.js';

/**
 * The mean of min(X, limit) in closed form, before rounding to whole microseconds.
 *
 * @returns null for a heavy tail that nothing but `DURATION_MAX` cuts off: its mean would be that limit's, not its own.
 */
export function meanOf(d: Distribution, limit: Micros = DURATION_MAX): number | null {
  const max = Math.min(d.max ?? DURATION_MAX, limit);
  if ('mixture' in d) return mixtureMean(d.mixture, max);
  if ('constant' in d) return Math.min(d.constant, max);
  if ('uniform' in d) return uniformMean(d.uniform[0], d.uniform[1], max);
  if ('exponential' in d) return exponentialMean(d.exponential.mean, d.exponential.min ?? 0, max);
  if ('normal' in d) return normalMean(d.normal.mean, d.normal.deviation, d.normal.min ?? 0, max);
  if ('logNormal' in d) return logNormalMean(d.logNormal.median, d.logNormal.sigma, max);
  if ('pareto' in d) return paretoMean(d.pareto.min, d.pareto.alpha, max);
  return empiricalMean(d.empirical, max);
}

/** Of whole numbers, each equally likely. */
function uniformMean(low: number, high: number, max: number): number {
  const middle = low + (high - low) / 2;
  if (max >= high) return middle;
  if (max <= low) return max;
  const shareBelow = (max - low + 1) / (high - low + 1);
  return shareBelow * (low + (max - low) / 2) + (1 - shareBelow) * max;
}

function exponentialMean(mean: number, min: number, max: number): number {
  if (max <= min) return max;
  const above = mean - min;
  return above === 0 ? min : min + above * (1 - exp(-(max - min) / above));
}

function normalMean(mean: number, deviation: number, min: number, max: number): number {
  if (max <= min) return max;
  if (deviation === 0) return Math.min(Math.max(mean, min), max);
  const a = (min - mean) / deviation;
  const b = (max - mean) / deviation;
  const below = normalCdf(a);
  const above = normalCdf(-b);
  const bulge = deviation * (normalDensity(a) - normalDensity(b));
  return min * below + max * above + mean * (1 - below - above) + bulge;
}

function logNormalMean(median: number, sigma: number, max: number): number {
  if (sigma === 0) return Math.min(median, max);
  const edge = ln(max / median) / sigma;
  return median * exp(0.5 * sigma * sigma) * normalCdf(edge - sigma) + max * normalCdf(-edge);
}

function paretoMean(min: number, alpha: number, max: number): number | null {
  if (max <= min) return max;
  if (alpha === 1) return max === DURATION_MAX ? null : min * (1 + ln(max / min));
  if (alpha < 1 && max === DURATION_MAX) return null;
  return (min * (alpha - pow(min / max, alpha - 1))) / (alpha - 1);
}

/** The area below the table, what lies above `max` cut off. */
function empiricalMean(table: readonly (readonly [number, number])[], max: number): number {
  let area = 0;
  for (let i = 1; i < table.length; i++) {
    const [q0, v0] = table[i - 1]!;
    const [q1, v1] = table[i]!;
    const width = q1 - q0;
    if (v1 <= max) area += width * (v0 + (v1 - v0) / 2);
    else if (v0 >= max) area += width * max;
    else {
      const shareBelow = (max - v0) / (v1 - v0);
      area += width * (shareBelow * (v0 + (max - v0) / 2) + (1 - shareBelow) * max);
    }
  }
  return area;
}

function mixtureMean(
  parts: readonly { readonly weight: number; readonly of: Distribution }[],
  max: Micros,
): number | null {
  let sum = 0;
  let weights = 0;
  for (const part of parts) {
    const mean = meanOf(part.of, max);
    if (mean === null) return null;
    sum += part.weight * mean;
    weights += part.weight;
  }
  return sum / weights;
}

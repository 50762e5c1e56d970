import type { Comparison } from '../experiment.js';

/** z for a two-sided interval of 95 %, and for one of 99.99 %. */
export const Z_95 = 1.959964;
export const Z_9999 = 3.890592;
const TAIL = 0.00005;
/** Below this variance of the number of hits, the bell curve is no good guide to tails of 0.005 %. */
const VARIANCE_MIN = 100;

/**
 * Wilson's score interval for a probability of which `hits` of `trials` came about (Wilson, JASA 1927): sound where the
 * usual p ± z·√(p(1−p)/n) is not, for few or no hits.
 */
export function wilson(hits: number, trials: number, z: number): { readonly from: number; readonly to: number } {
  const p = hits / trials;
  const z2 = z * z;
  const scale = 1 + z2 / trials;
  const centre = (p + z2 / (2 * trials)) / scale;
  const half = (z * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials * trials))) / scale;
  return { from: Math.max(0, centre - half), to: Math.min(1, centre + half) };
}

/**
 * Where a frequency over `trials` lies with 99.99 % if this is its probability: so wide that a table of fifty figures is
 * wrongly refused once in two hundred seeds. Exact where few hits, or few misses, are expected.
 */
export function frequencyInterval(probability: number, trials: number): { readonly from: number; readonly to: number } {
  if (probability > 0.5) {
    const { from, to } = frequencyInterval(1 - probability, trials);
    return { from: 1 - to, to: 1 - from };
  }
  const variance = trials * probability * (1 - probability);
  if (variance >= VARIANCE_MIN) {
    const half = (Z_9999 * Math.sqrt(variance)) / trials;
    return { from: probability - half, to: probability + half };
  }
  // P(no hit), then from each number of hits to the next.
  let of = 1;
  for (let i = 0; i < trials; i++) of *= 1 - probability;
  let upTo = of;
  let hits = 0;
  while (upTo <= TAIL) upTo += of *= next(hits++, probability, trials);
  const from = hits;
  while (1 - upTo > TAIL && hits < trials) upTo += of *= next(hits++, probability, trials);
  return { from: from / trials, to: hits / trials };
}

function next(hits: number, probability: number, trials: number): number {
  return ((trials - hits) / (hits + 1)) * (probability / (1 - probability));
}

/** A frequency against the probability that it should have. */
export function compareFrequency(name: string, hits: number, trials: number, expected: number): Comparison {
  const measured = hits / trials;
  const { from, to } = frequencyInterval(expected, trials);
  return { name, measured, expected, from, to, unit: '', holds: measured >= from && measured <= to };
}

/**
 * An interval for the median of whatever these were drawn from, by order statistics: no assumption about its shape.
 *
 * @param sorted rising
 */
export function medianInterval(sorted: readonly number[], z: number): { readonly from: number; readonly to: number } {
  const n = sorted.length;
  const half = (z * Math.sqrt(n)) / 2;
  const at = (rank: number): number => sorted[Math.min(n - 1, Math.max(0, rank))]!;
  return { from: at(Math.floor(n / 2 - half) - 1), to: at(Math.ceil(n / 2 + half)) };
}

export function percent(probability: number, digits = 2): string {
  return `${(probability * 100).toFixed(digits)} %`;
}

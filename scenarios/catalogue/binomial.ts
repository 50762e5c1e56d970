/** z for a two-sided interval of 95 %, and for one of 99.9 %. */
export const Z_95 = 1.959964;
export const Z_999 = 3.290527;

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
 * How far a frequency over `trials` may be from the true probability: the same test as asking whether Wilson's interval
 * around the frequency holds that probability.
 */
export function frequencyTolerance(probability: number, trials: number, z: number): number {
  return z * Math.sqrt((probability * (1 - probability)) / trials);
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

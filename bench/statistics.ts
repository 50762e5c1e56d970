/** Median with its range: what every figure here is shown as. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws RangeError when there is nothing to summarise. */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('a median needs at least one value');
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted.length >> 1;
  const high = sorted[upper] ?? NaN;
  const median = sorted.length % 2 === 1 ? high : ((sorted[upper - 1] ?? NaN) + high) / 2;
  return { median, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

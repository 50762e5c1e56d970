/** How many intervals share one entry of the coarse level. */
const BLOCK = 64;

/**
 * Finds the intervals that overlap a window. Sorted by begin, with the latest end of every block of 64: a window costs
 * the blocks before its end plus the hits, which for 100,000 intervals is some 1,500 comparisons.
 */
export class IntervalIndex {
  readonly #blockEnd: Float64Array;

  /** @param begins ascending. @param ends of the same length, each at least its begin. */
  constructor(
    private readonly begins: Float64Array,
    private readonly ends: Float64Array,
  ) {
    this.#blockEnd = new Float64Array(Math.ceil(begins.length / BLOCK)).fill(-Infinity);
    for (let i = 0; i < ends.length; i += 1) {
      const block = Math.floor(i / BLOCK);
      this.#blockEnd[block] = Math.max(this.#blockEnd[block] ?? -Infinity, ends[i] ?? -Infinity);
    }
  }

  /** Calls `visit` with the position of every interval that has a point in [from, to], in the order of begins. */
  overlapping(from: number, to: number, visit: (position: number) => void): void {
    const stop = firstAbove(this.begins, to);
    for (let block = 0; block * BLOCK < stop; block += 1) {
      if ((this.#blockEnd[block] ?? -Infinity) < from) continue;
      const end = Math.min(stop, (block + 1) * BLOCK);
      for (let i = block * BLOCK; i < end; i += 1) {
        if ((this.ends[i] ?? -Infinity) >= from) visit(i);
      }
    }
  }
}

/** The position of the first value above `limit` in an ascending array; its length when there is none. */
export function firstAbove(values: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

import type { Operation } from '../history/operation.js';
import type { AnyModel } from '../models/model.js';

/**
 * An order that works, or operations that are already no correct history on their own. These are such that leaving out the
 * others is sound by the rules of `spareOperations`.
 */
export type MonitorVerdict =
  | { readonly verdict: 'ok'; readonly order: readonly Operation[] }
  | { readonly verdict: 'violation'; readonly part: readonly Operation[] };

/** Judges the histories of one kind of object that qualify (mostly: every value is written once) in near-linear time. */
export interface Monitor {
  readonly name: string;
  /**
   * @param operations one object's, in the order of their calls, without those that say nothing.
   * @param cut only what returned at or before this place of the history must take effect; what returned later may.
   * @returns undefined when the history does not qualify.
   */
  judge(model: AnyModel, operations: readonly Operation[], cut: number): MonitorVerdict | undefined;
}

/** The numbers from 0 below `count`, by rising `key` of each; keys are whole numbers from 0, below 2^26 as `count` is. */
export function sortedBy(count: number, key: (index: number) => number): Float64Array {
  const packed = new Float64Array(count);
  let isSorted = true;
  for (let i = 0, last = 0; i < count; i++) {
    const one = key(i) * PLACES + i;
    packed[i] = one;
    isSorted &&= last <= one;
    last = one;
  }
  // eslint-disable-next-line no-restricted-syntax -- an array of numbers compares as such, several times faster than by a function
  if (!isSorted) packed.sort();
  for (let i = 0; i < count; i++) packed[i] = (packed[i] as number) % PLACES;
  return packed;
}

const PLACES = 67_108_864;

/** Behind every place of a history: where to sort what never happens. */
export const MAX_PLACE = PLACES / 4;

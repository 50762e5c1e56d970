import type { ProcessId, Value } from '../../engine/history.js';
import type { Micros } from '../../engine/time.js';
import type { Exhausted, Spent } from '../budget.js';
import type { Standpoint } from './standpoint.js';

export type Verdict = 'ok' | 'violation' | 'undecided';

/** What was found about one key. Operations are named by the `index` of their invocation. */
export interface KeyVerdict {
  /** Undefined where the history has one object only. */
  readonly key: Value | undefined;
  readonly verdict: Verdict;
  readonly operations: number;
  /** `ok`: an order in which everything that returned, and some that never did, could have happened one by one (by step, where they span several). */
  readonly linearisation?: readonly number[];
  /** `violation`, with `evidence: true`. */
  readonly evidence?: Evidence;
  /** `undecided`: what ran out; absent when a violation of another key ended the check before. */
  readonly exhausted?: Exhausted;
  /** `undecided`: how many operations had returned before the latest place that was got past: these can be ordered. */
  readonly returnedBefore?: number;
  /** `undecided`: what may hold at the place that the frontier reached, where it has begun. */
  readonly frontier?: Standpoint;
  /** What decided it: `search`, `frontier`, or the name of the monitor that needed neither. */
  readonly by?: string;
}

export interface LinearizabilityResult extends Spent {
  readonly verdict: Verdict;
  readonly consistency: 'linearizable';
  readonly model: string;
  /** Operations that counted: without those that surely failed. */
  readonly operations: number;
  readonly keys: readonly KeyVerdict[];
  readonly exhausted?: Exhausted;
}

/** One operation as evidence shows it: plain data. */
export interface ShownOperation {
  /** The `index` of its invocation. */
  readonly id: number;
  readonly process: ProcessId;
  readonly node?: string;
  /** In words: `write x=2`. */
  readonly text: string;
  readonly f: string;
  readonly input: Value;
  readonly output?: Value;
  /** `open`: it returned too, but only after the place where nothing fits any more, and so may still be to come there. */
  readonly outcome: 'ok' | 'failed' | 'unknown' | 'open';
  /** Places in the history. */
  readonly call: number;
  readonly return: number | null;
  readonly invokedAt: Micros;
  readonly returnedAt: Micros | null;
}

/** Why one key's history is not linearizable. Plain data: it can be written as JSON (see `valueToJson` for bigints). */
export interface Evidence {
  /** The operation that fits nowhere, by the `index` of its invocation. */
  readonly fitsNowhere: number;
  /** In words, beginning with a verb: `returned after write x=2 was acknowledged at 1.204 s`. */
  readonly why: string;
  /** Up to the return at this place of the history, these operations alone are already not linearizable. */
  readonly cut: number;
  readonly part: readonly ShownOperation[];
  /** Others that are needed, but not their answers: they may have happened at any moment after their call, or not at all. */
  readonly free: readonly { readonly id: number; readonly text: string }[];
  /** True when no single operation can be left out (by the rules that keep this sound); false when that took too long. */
  readonly minimal: boolean;
  /** The longest orders of the part's operations that do fit, and the state in which each ends. */
  readonly longest: readonly { readonly order: readonly number[]; readonly state: string }[];
}

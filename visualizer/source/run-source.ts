import type { RunRecord } from '../../engine/index.js';

/**
 * Where the page's events come from. Today a record that is written into the page; the same drawing also serves an
 * engine that runs in the page, whose record grows.
 */
export interface RunSource {
  /** What is known of the run by now, or why there is none. */
  read(): RunReading;
  /** Calls back when `read` would give more than before. Absent where a run never grows. */
  onGrowth?(listener: () => void): () => void;
}

export type RunReading =
  | {
      readonly ok: true;
      readonly record: RunRecord;
      /** Sentences about what was left out or looked odd. */
      readonly notices: readonly string[];
    }
  | {
      readonly ok: false;
      readonly problem: RunProblem;
    };

export interface RunProblem {
  readonly title: string;
  readonly detail: string;
}

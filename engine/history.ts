import type { Micros } from './time.js';

/**
 * A value in a history: what a client sent or got. Histories from elsewhere may hold integers that a double cannot,
 * these are `bigint`s.
 */
export type Value = null | boolean | number | bigint | string | readonly Value[] | { readonly [key: string]: Value };

/** The name that Jepsen gives the process that breaks things. */
export type ProcessId = number | 'nemesis';

/**
 * One line of a history in the sense of Jepsen. A process has at most one open operation: `invoke` opens it; `ok`
 * (it happened), `fail` (it surely did not) or `info` (nobody knows, and this process never acts again) closes it.
 */
export interface HistoryEvent {
  /** Position in the history, rising from 0. */
  readonly index: number;
  readonly time: Micros;
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  readonly process: ProcessId;
  /** The operation's name: `read`, `write`, `cas`, `append`, … */
  readonly f: string;
  /** The object that the operation is about, where there are several. */
  readonly key?: Value;
  /** What was asked (in `invoke`), what came back (in `ok`). */
  readonly value: Value;
  /** Why a `fail` or an `info`. */
  readonly error?: string;
  /** The node that was asked or that answered, where the history knows. */
  readonly node?: string;
}

/** A whole history, in the order of `index`. */
export type History = readonly HistoryEvent[];

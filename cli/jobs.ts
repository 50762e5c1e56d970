import type { CapReport, Settings } from '../scenarios/index.js';
import type { SeedOutcome } from '../fuzz/index.js';
import type { ExperimentRunReport, ReplayReport, RunReport, VerifyReport } from './reports.js';

/** What a worker thread is asked to do: plain data both ways. */
export type Job =
  | {
      readonly kind: 'run';
      readonly target: string;
      /** The text of the scenario, where `target` is standard input. */
      readonly source?: string;
      readonly settings: Settings;
      readonly seed: string;
      readonly bug?: string;
      readonly speed?: 'direct' | 'recorded';
      /** End the run where something is refuted for good. */
      readonly online?: boolean;
      readonly traceFile?: string;
      readonly traceLevel?: 'events' | 'states';
      readonly historyFile?: string;
      readonly evidenceFile?: string;
      readonly htmlFile?: string;
      readonly colour: boolean;
      readonly columns: number;
    }
  | {
      readonly kind: 'replay';
      readonly file: string;
      readonly htmlFile?: string;
      readonly colour: boolean;
      readonly columns: number;
    }
  | {
      readonly kind: 'seeds';
      readonly target: string;
      readonly settings: Settings;
      readonly bug?: string;
      readonly seeds: readonly string[];
      /** With the swarm that each seed draws, or just the scenario. */
      readonly swarm: boolean;
      /** End each run where something is refuted for good; with a swarm they do so anyway. */
      readonly online?: boolean;
    }
  | {
      readonly kind: 'verify';
      readonly target: string;
      readonly source?: string;
      readonly settings: Settings;
      readonly bug?: string;
      readonly seed: string;
    }
  | {
      readonly kind: 'cap';
      /** Index of the store in `capStores`. */
      readonly store: number;
      readonly seeds: readonly string[];
    };

export interface JobResults {
  run: RunReport | ExperimentRunReport;
  replay: ReplayReport;
  seeds: readonly SeedOutcome[];
  verify: VerifyReport;
  cap: CapReport;
}

export type ResultOf<J extends Job> = JobResults[J['kind']];

/** What main thread and worker share: who runs, for the watch, and whether to stop. */
export const SHARED = {
  /** Counts steps. */
  steps: 0,
  /** A key of the handler that runs; 0 between steps, `LOADING` while a scenario's own code is loaded. */
  handler: 1,
  /** Index of the seed that runs, in a job of several. */
  seed: 2,
  /** 1 asks a job of several seeds to come back with what it has. */
  stop: 3,
  length: 4,
} as const;

export const LOADING = -1;

/** What a worker says. */
export type WorkerMessage =
  | { readonly type: 'announce'; readonly key: number; readonly handler: string }
  | { readonly type: 'progress'; readonly done: number }
  | { readonly type: 'result'; readonly result: unknown }
  | { readonly type: 'error'; readonly error: CarriedError };

/** An error on its way between threads. */
export interface CarriedError {
  readonly kind: 'usage' | 'internal';
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly stack?: string;
}

import type { AnyProtocol } from '../engine/index.js';

/** A table of figures, as an experiment prints it. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** One figure against what theory or a paper says. */
export interface Comparison {
  readonly name: string;
  readonly measured: number;
  readonly expected: number;
  /** The interval in which the measured figure must lie. */
  readonly from: number;
  readonly to: number;
  readonly unit: string;
  readonly holds: boolean;
}

export interface ExperimentReport {
  readonly tables: readonly Table[];
  readonly comparisons: readonly Comparison[];
  /** What deviates, and why; where the expected figures come from. */
  readonly notes: readonly string[];
  /** Over everything that was simulated: the same seed gives the same digest. */
  readonly digest: string;
  readonly runs: number;
  readonly events: number;
}

export interface ExperimentContext {
  readonly seed: string;
  /** Numbers that `--set` may change, with their defaults filled in. */
  readonly settings: Readonly<Record<string, number>>;
  /** Called now and then with the share that is done. */
  progress(done: number): void;
}

/** Many runs that together give a figure: a curve, a table of a paper, a probability. */
export interface Experiment {
  readonly kind: 'experiment';
  readonly name: string;
  readonly summary: string;
  readonly teaches?: string;
  readonly protocol: AnyProtocol;
  readonly source: string;
  readonly settings: Readonly<Record<string, { readonly default: number; readonly summary: string }>>;
  run(context: ExperimentContext): ExperimentReport;
}

export function defineExperiment(experiment: Omit<Experiment, 'kind'>): Experiment {
  return { kind: 'experiment', ...experiment };
}

/** Compares a figure with what is expected, within a tolerance either way. */
export function compare(name: string, measured: number, expected: number, tolerance: number, unit: string): Comparison {
  const from = expected - tolerance;
  const to = expected + tolerance;
  return { name, measured, expected, from, to, unit, holds: measured >= from && measured <= to };
}

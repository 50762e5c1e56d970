import type { Violation } from '../engine/index.js';
import type { ExperimentReport, Latency, Phase } from '../scenarios/index.js';

/** What `run --json` prints. Scripts may rely on it: see docs/json. */
export interface RunReport {
  readonly kind: 'scenario';
  readonly scenario: string;
  readonly summary: string;
  readonly protocol: string;
  readonly seed: string;
  readonly bug?: string;
  readonly nodes: number;
  readonly clients: number;
  readonly verdict: 'ok' | 'violation' | 'undecided';
  readonly expected: boolean;
  /** What the scenario is there to show. */
  readonly expects: string;
  readonly digest: string;
  readonly events: number;
  readonly virtualTimeUs: number;
  readonly violations: readonly Violation[];
  /** Why `undecided`, or null. */
  readonly undecided: string | null;
  readonly marks: Readonly<Record<string, number>>;
  readonly checked: readonly string[];
  readonly operations: { readonly total: number; readonly ok: number; readonly failed: number; readonly unknown: number };
  readonly throughput: number;
  readonly latency: Latency | null;
  readonly availability: readonly Phase[];
  readonly messages: { readonly sent: number; readonly delivered: number; readonly dropped: number; readonly bytes: number };
  readonly syncs: number;
  /** What was broken when, who led, what went wrong: a line each. */
  readonly story: readonly StoryLine[];
  /** The evidence of an inconsistent history as a drawing, for people. */
  readonly drawing: string | null;
  readonly reproduce: string;
  readonly files: readonly string[];
  readonly notes: readonly string[];
}

export interface StoryLine {
  readonly timeUs: number;
  readonly text: string;
  readonly kind: 'fault' | 'healed' | 'mark' | 'violation' | 'node';
}

/** What `run --json` prints of an experiment. */
export interface ExperimentRunReport extends ExperimentReport {
  readonly kind: 'experiment';
  readonly scenario: string;
  readonly summary: string;
  readonly protocol: string;
  readonly seed: string;
  readonly verdict: 'ok' | 'violation';
  readonly expected: boolean;
  readonly reproduce: string;
}

export interface ReplayReport {
  readonly file: string;
  readonly of: 'trace' | 'repro';
  readonly same: boolean;
  /** How the replay differs from the record, in a sentence. */
  readonly difference: string | null;
  readonly digest: string;
  readonly recorded: string | null;
  readonly run: RunReport;
}

export interface VerifyReport {
  readonly scenario: string;
  readonly seed: string;
  readonly digest: string;
  readonly events: number;
  readonly same: boolean;
  /** Which handler did what it must not, or the first event that differs. */
  readonly difference: string | null;
}

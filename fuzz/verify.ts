import {
  Simulation,
  type RunResult,
  type HostServices,
  type SimulationConfig,
  type TraceEvent,
  type Violation,
} from '../engine/index.js';
import { simulationConfig, type Scenario } from '../scenarios/index.js';

/** Two runs that should have been one. */
export interface Difference {
  /** What was compared, e.g. `direct, run twice`. */
  readonly between: string;
  /** The first event after which they differ; null when only the final states do. */
  readonly event: number | null;
  readonly left: TraceEvent | null;
  readonly right: TraceEvent | null;
  readonly digests: readonly [string, string];
}

export interface VerifyResult {
  readonly digest: string;
  readonly events: number;
  readonly difference: Difference | null;
  /** What handlers did that none may: used chance or time of their own, waited, sent what is no plain data. */
  readonly findings: readonly Violation[];
}

const RULES: ReadonlySet<string> = new Set(['determinism', 'no-waiting', 'plain-data', 'no-exceptions']);

/**
 * Runs a body with everything that would make a run depend on the outside made to throw. The host provides it, since no code
 * that runs in a simulation can even name those globals.
 */
export type Poison = <T>(body: () => T) => T;

/** Runs a scenario twice at the direct speed and once recorded, globals poisoned: one digest, or the first event that differs. */
export function verifyScenario(
  scenario: Scenario,
  seed: string,
  poison: Poison,
  options: { readonly bug?: string; readonly host?: HostServices } = {},
): VerifyResult {
  const config = simulationConfig(scenario, { seed, compare: true, trace: 'events', ...options });
  // The recorded one as a page of the run has it: with all that each step changed, and every role.
  const run = (speed: SimulationConfig['speed'] & string): RunResult =>
    poison(() => {
      const trace = speed === 'recorded' ? 'states' : 'events';
      return new Simulation({ ...config, speed, trace, continueAfterViolation: false }).run();
    });
  const first = run('direct');
  const difference =
    differenceBetween('the direct speed, run twice', first, run('direct')) ??
    differenceBetween('the direct and the recorded speed', first, run('recorded'));
  const findings = first.violations.filter(({ property }) => RULES.has(property));
  return { digest: first.digest, events: first.events, difference, findings };
}

function differenceBetween(between: string, left: RunResult, right: RunResult): Difference | null {
  if (left.digest === right.digest) return null;
  const event = left.trace!.firstDifference(right.trace!);
  const at = (result: RunResult): TraceEvent | null =>
    event === null || event > result.trace!.length ? null : result.trace!.event(event);
  return { between, event, left: at(left), right: at(right), digests: [left.digest, right.digest] };
}

import type { HostServices } from '../engine/index.js';
import {
  drawSwarm,
  runScenario,
  type Scenario,
  type ScenarioRun,
  type Settings,
  type Swarm,
} from '../scenarios/index.js';
import { faultOutcome, type FaultOutcome } from './fault-tally.js';
import { makeRepro, type Repro } from './repro.js';

/** What became of one seed of a campaign: small, since there are many. */
export interface SeedOutcome {
  readonly seed: string;
  readonly verdict: ScenarioRun['verdict'];
  readonly property: string | null;
  readonly message: string | null;
  /** Null where a handler never returned. */
  readonly digest: string | null;
  readonly events: number;
  readonly faults: FaultOutcome;
  readonly marks: Readonly<Record<string, number>>;
  /** Of a failure only. */
  readonly repro: Repro | null;
}

export interface FuzzOptions {
  readonly bug?: string;
  readonly settings: Settings;
  readonly host?: HostServices;
  /** Runs this seed at both speeds, and reports a difference as a failure. */
  readonly both?: boolean;
}

/**
 * Runs one seed with the swarm that the seed draws. A failure found at the direct speed is run again recorded: when that ends
 * otherwise, the protocol keeps something where it must not, and that is the failure.
 */
export function fuzzSeed(scenario: Scenario, seed: string, options: FuzzOptions): SeedOutcome {
  const swarm = drawSwarm(scenario, seed);
  const run = runSwarm(scenario, seed, swarm, options, 'direct');
  const failed = run.verdict === 'violation';
  if (failed || options.both === true) {
    const again = runSwarm(scenario, seed, swarm, options, 'recorded');
    if (again.result.digest !== run.result.digest) {
      return {
        ...outcome(run, swarm, options.settings),
        verdict: 'violation',
        property: 'determinism',
        message: `the two speeds end with different digests (${run.result.digest} and ${again.result.digest}): run verify with this seed`,
        repro: makeRepro(run, options.settings),
      };
    }
  }
  return outcome(run, swarm, options.settings);
}

/** Runs a scenario with what a swarm adds. */
export function runSwarm(
  scenario: Scenario,
  seed: string,
  swarm: Swarm,
  options: Pick<FuzzOptions, 'bug' | 'host'>,
  speed: 'direct' | 'recorded',
): ScenarioRun {
  return runScenario(scenario, {
    seed,
    speed,
    ...swarm.added,
    evidence: false,
    online: endsWhereRefuted(scenario, options.bug),
    ...(options.bug === undefined ? {} : { bug: options.bug }),
    ...(options.host === undefined ? {} : { host: options.host }),
  });
}

/** Not where another property is to be seen broken: the history, or a property, might be refuted before that. */
function endsWhereRefuted({ expects, protocol, properties }: Scenario, bug: string | undefined): boolean {
  const sought = [typeof expects === 'object' ? expects.violation : undefined, bug && protocol.bugs[bug]?.property];
  return sought.every(
    (property) => property === undefined || (property === 'linearizable' && properties === undefined),
  );
}

function outcome(run: ScenarioRun, swarm: Swarm, settings: Settings): SeedOutcome {
  const first = run.violations[0];
  return {
    seed: run.seed,
    verdict: run.verdict,
    property: first?.property ?? null,
    message: first?.message ?? run.undecided,
    digest: run.result.digest,
    events: run.result.events,
    faults: faultOutcome(run.scenario, swarm, run.result),
    marks: Object.fromEntries(run.result.marks),
    repro: run.verdict === 'violation' ? makeRepro(run, settings) : null,
  };
}

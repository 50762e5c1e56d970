import { runScenario, scenarioNamed, type Scenario, type ScenarioRun } from '../../scenarios/index.js';

/** The same for what holds and for what a planted bug breaks. */
export const SEEDS = ['1', '2', '3'] as const;

/** A scenario of the catalogue. */
export function named(name: string): Scenario {
  const found = scenarioNamed(name);
  if (found.kind !== 'scenario') throw new Error(`${name} is an experiment`);
  return found;
}

/** One run for each seed. */
export function runs(scenario: Scenario, bug?: string): ScenarioRun[] {
  return SEEDS.map((seed) => runScenario(scenario, { seed, evidence: false, ...(bug === undefined ? {} : { bug }) }));
}

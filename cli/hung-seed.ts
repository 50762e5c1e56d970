import { NO_FAULTS, reproOf, type SeedOutcome } from '../fuzz/index.js';
import { drawSwarm, withSettings } from '../scenarios/index.js';
import { HANDLERS_RETURN } from './hung.js';
import { loadScenario } from './load.js';
import type { Settings } from './options.js';
import type { HungHandler } from './pool.js';

/** What became of a seed in which a handler never returned: told from outside, as the worker that ran it is gone. */
export async function hungOutcome(
  target: string,
  settings: Settings,
  seed: string,
  bug: string | undefined,
  error: HungHandler,
): Promise<SeedOutcome> {
  const loaded = await loadScenario(target);
  if (loaded.kind === 'experiment') throw error;
  const scenario = withSettings(loaded, settings);
  const swarm = drawSwarm(scenario, seed);
  const property = HANDLERS_RETURN;
  return {
    seed,
    verdict: 'violation',
    property,
    message: error.message,
    digest: null,
    events: 0,
    faults: NO_FAULTS,
    marks: {},
    repro: reproOf({ scenario, seed, bug, property, digest: null }, settings, swarm.added),
  };
}

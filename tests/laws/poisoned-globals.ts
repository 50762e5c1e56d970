import { withPoisonedGlobals } from '../../cli/poison.js';
import { Simulation, type SimulationConfig } from '../../engine/index.js';

/**
 * Law: a run needs nothing of the machine it runs on.
 *
 * @throws what the poison throws, or an Error when the digest changes.
 */
export function assertRunsPoisoned(config: SimulationConfig): void {
  const usual = new Simulation(config).run().digest;
  const poisoned = withPoisonedGlobals(() => new Simulation(config).run().digest);
  if (usual !== poisoned) throw new Error(`digest ${usual}, and ${poisoned} with poisoned globals`);
}

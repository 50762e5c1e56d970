import { expect, it } from 'vitest';
import { Simulation } from '../../engine/index.js';
import { catalogue, simulationConfig, type Scenario } from '../../scenarios/index.js';

const scenarios = catalogue.filter((entry): entry is Scenario => entry.kind === 'scenario');

it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  '%s is the same at both speeds',
  (_, scenario) => {
    const config = simulationConfig(scenario, { seed: '1' });
    const direct = new Simulation({ ...config, speed: 'direct' }).run();
    expect(new Simulation({ ...config, speed: 'recorded' }).run().digest).toBe(direct.digest);
  },
);

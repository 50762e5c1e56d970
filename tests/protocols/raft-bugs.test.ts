import { expect, it } from 'vitest';
import { Simulation } from '../../engine/index.js';
import { scenarioNamed, simulationConfig, type Scenario } from '../../scenarios/index.js';

// That every planted bug is found in its scenario, and the correct protocol is not, is tested for the whole catalogue.

it('a vote cleared by the leader’s heartbeat ends in two leaders of one term', () => {
  const scenario = scenarioNamed('raft/bug-delayed-vote-request') as Scenario;
  const config = simulationConfig(scenario, { seed: '1', bug: 'clears-vote-on-leader' });
  const { violations } = new Simulation({ ...config, continueAfterViolation: true }).run();
  expect(violations.map(({ property }) => property)).toContain('Election Safety');
});

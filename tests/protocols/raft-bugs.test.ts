import { describe, expect, it } from 'vitest';
import { kv, linearizable } from '../../checkers/index.js';
import { Simulation, type SimulationConfig } from '../../engine/index.js';
import { raft } from '../../protocols/raft/protocol.js';
import { configOf, plans } from './raft-plans.js';

const SEEDS = ['1', '2', '3', '4', '5'];

/** The first property that breaks, or null. */
function broken(config: SimulationConfig): string | null {
  const result = new Simulation(config).run();
  const [violation] = result.violations;
  if (violation !== undefined) return violation.property;
  expect(result.ending).toBe('finished');
  return linearizable(result.history, kv).verdict === 'ok' ? null : 'linearizable';
}

describe.each(plans)('$bug', (plan) => {
  it(`breaks ${plan.property} under its plan, whatever the seed`, () => {
    expect(SEEDS.map((seed) => broken(configOf(plan, true, seed)))).toEqual(SEEDS.map(() => plan.property));
  });

  it('and the correct protocol does not', () => {
    expect(SEEDS.map((seed) => broken(configOf(plan, false, seed)))).toEqual(SEEDS.map(() => null));
  });
});

it('a vote cleared by the leader’s heartbeat ends in two leaders of one term', () => {
  const plan = plans.find(({ bug }) => bug === 'clears-vote-on-leader')!;
  const result = new Simulation({ ...configOf(plan, true, '1'), continueAfterViolation: true }).run();
  expect(result.violations.map(({ property }) => property)).toContain('Election Safety');
});

it('every planted bug has a plan, which breaks what the protocol says that it breaks', () => {
  expect(plans.map(({ bug }) => bug).sort()).toEqual(Object.keys(raft.bugs).sort());
  for (const { bug, property } of plans) expect(raft.bugs[bug]?.property).toBe(property);
});

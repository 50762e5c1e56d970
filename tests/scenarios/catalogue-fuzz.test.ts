import { describe, expect, it } from 'vitest';
import { catalogue, drawSwarm, runScenario, type Scenario, type ScenarioRun } from '../../scenarios/index.js';
import { named } from './catalogue-runs.js';

function fuzz(scenario: Scenario, seed: number, bug?: string): ScenarioRun {
  const { added } = drawSwarm(scenario, `${seed}`);
  return runScenario(scenario, {
    seed: `${seed}`,
    ...added,
    evidence: false,
    ...(bug === undefined ? {} : { bug }),
  });
}

/** The first property that breaks, and with which seed, from 1 on. */
function firstFound(scenario: Scenario, bug: string, seedsMax: number): { seed: number; property: string } | null {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const [violation] = fuzz(scenario, seed, bug).violations;
    if (violation !== undefined) return { seed, property: violation.property };
  }
  return null;
}

const targets = catalogue.filter((entry): entry is Scenario => entry.kind === 'scenario' && entry.swarm !== undefined);

describe('swarms', () => {
  it.each(targets.map((scenario) => [scenario.name, scenario] as const))(
    'find nothing in the correct %s',
    (_, scenario) => {
      for (let seed = 1; seed <= 3; seed++) {
        const { verdict, violations, undecided } = fuzz(scenario, seed);
        expect(verdict, `seed ${seed}: ${undecided ?? ''} ${JSON.stringify(violations)}`).toBe('ok');
      }
    },
  );

  // Seeds of 300 that find each: docs/scenarios.md.
  it.each([
    ['counts-votes-not-voters', 60],
    ['clears-vote-on-leader', 60],
    ['compares-length-only', 60],
    ['skips-log-check', 5],
    ['refuses-only-if-both-higher', 5],
    ['truncates-unconditionally', 5],
    ['credits-wrong-follower', 5],
    ['reads-local', 10],
    ['reads-before-own-term-commit', 10],
    ['commits-past-new-entries', 10],
  ])('find %s in raft/stormy within %d seeds', (bug, seedsMax) => {
    expect(firstFound(named('raft/stormy'), bug, seedsMax)).not.toBeNull();
  });

  it.each(['skips-log-check', 'refuses-only-if-both-higher', 'truncates-unconditionally', 'credits-wrong-follower'])(
    'find %s in raft/leader-crash',
    (bug) => {
      expect(firstFound(named('raft/leader-crash'), bug, 20)).not.toBeNull();
    },
  );
});

it('a clock may change its pace while its node is frozen', () => {
  const frozen = (driftPpm: number): Scenario['faults'] => [
    { do: 'pause', whom: 'all', at: 1_000_000, for: 1_000_000 },
    { do: 'clock', whom: 'all', driftPpm, at: 1_700_000, for: 600_000 },
  ];
  for (const driftPpm of [-500_000, 500_000]) {
    const faults = frozen(driftPpm) ?? [];
    expect(runScenario(named('raft/happy-path'), { seed: '1', faults }).verdict).toBe('ok');
  }
});

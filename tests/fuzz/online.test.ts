import { describe, expect, it } from 'vitest';
import { fuzzSeed } from '../../fuzz/index.js';
import { defineScenario, runScenario, scenarioNamed, type Scenario } from '../../scenarios/index.js';

function named(name: string): Scenario {
  const found = scenarioNamed(name);
  if (found.kind !== 'scenario') throw new Error(`${name} is an experiment`);
  return found;
}

const SEEDS = Array.from({ length: 8 }, (_, i) => String(i));

describe('a history judged while the run goes', () => {
  it.each([
    ['raft/happy-path', undefined],
    ['raft/bug-stale-read', 'serves-stale-reads'],
    ['multi-paxos/bug-stale-read', 'reads-local'],
    ['abd/bug-new-old-inversion', undefined],
  ])('%s: the verdict is the one of the whole, and what is ok goes the same way', (name, given) => {
    const scenario = named(name);
    const bug =
      given !== undefined && given in scenario.protocol.bugs
        ? given
        : Object.entries(scenario.protocol.bugs).find(([, { scenario: shown }]) => shown === name)?.[0];
    let stopped = 0;
    for (const seed of SEEDS) {
      const options = { seed, evidence: false, ...(bug === undefined ? {} : { bug }) };
      const whole = runScenario(scenario, options);
      const online = runScenario(scenario, { ...options, online: true });
      expect(online.verdict).toBe(whole.verdict);
      if (online.verdict === 'ok') expect(online.result.digest).toBe(whole.result.digest);
      if (online.result.ending !== 'stopped') continue;
      stopped++;
      expect(online.violations[0]!.property).toBe('linearizable');
      expect(online.result.events).toBeLessThan(whole.result.events);
      expect(online.result.history).toEqual(whole.result.history.slice(0, online.result.history.length));
      expect(runScenario(scenario, { ...options, online: true }).result.digest).toBe(online.result.digest);
    }
    if (bug !== undefined) expect(stopped).toBeGreaterThan(0);
    else expect(stopped).toBe(0);
  });

  it('fuzzing ends a refuted run early, and its repro says so', () => {
    const scenario = named('raft/bug-stale-read');
    const bug = Object.entries(scenario.protocol.bugs).find(([, { scenario: shown }]) => shown === scenario.name)![0];
    const outcomes = SEEDS.map((seed) => fuzzSeed(scenario, seed, { bug, settings: {} }));
    const failed = outcomes.find(({ verdict }) => verdict === 'violation')!;
    expect(failed.repro).toMatchObject({ online: true, property: 'linearizable' });
  });

  it('a scenario may ask for it', () => {
    const { input, protocol } = named('raft/bug-stale-read');
    const scenario = defineScenario({ ...input, check: { ...input.check!, online: true }, protocol });
    const bug = Object.entries(protocol.bugs).find(([, { scenario: shown }]) => shown === input.name)![0];
    const endings = SEEDS.map((seed) => runScenario(scenario, { seed, bug, evidence: false }).result.ending);
    expect(endings).toContain('stopped');
  });
});

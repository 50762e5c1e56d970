import { describe, expect, it } from 'vitest';
import { electionScenarios } from '../../scenarios/catalogue/elections/index.js';
import { runScenario, simulationConfig, withSettings, type Scenario, type ScenarioRun } from '../../scenarios/index.js';
import { assertReplaysIdentically, assertRunsPoisoned, assertSameAtBothSpeeds } from '../laws/index.js';

const scenarios = electionScenarios.filter((entry): entry is Scenario => entry.kind === 'scenario');

function named(name: string): Scenario {
  return scenarios.find((scenario) => scenario.name === name)!;
}

function run(name: string, settings: Record<string, string> = {}, seed = '1'): ScenarioRun {
  return runScenario(withSettings(named(name), settings), { seed });
}

function said(name: string, settings: Record<string, string> = {}): string[] {
  return run(name, settings).violations.map(({ message }) => message);
}

/** Messages between nodes. */
function messages(name: string, settings: Record<string, string> = {}): number {
  return run(name, settings).result.statistics.sent;
}

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) => {
  it('ends as it says with every seed', () => {
    for (let seed = 0; seed < 5; seed++) {
      const { expected, violations } = runScenario(scenario, { seed: String(seed) });
      expect(expected, `seed ${seed}: ${JSON.stringify(violations)}`).toBe(true);
    }
  });

  const bugs = Object.entries(scenario.protocol.bugs).filter(([, bug]) => bug.scenario === scenario.name);
  it.each(bugs)('shows %s with every seed', (bug, { property }) => {
    for (let seed = 0; seed < 5; seed++) {
      const { violations } = runScenario(scenario, { seed: String(seed), bug });
      expect(violations[0]?.property, `seed ${seed}`).toBe(property);
    }
  });
});

describe.each([
  'bully/stormy',
  'bully/split-brain-quorum',
  'bully/textbook-cascade',
  'chang-roberts/stormy',
  'lcr/stormy',
  'flood-max/stormy',
])('laws: %s', (name) => {
  it('both speeds give one run', () => {
    assertSameAtBothSpeeds({ ...simulationConfig(named(name), { seed: '1' }), trace: 'events' }, ['1', '2', '3']);
  });

  it('its choices give it again', () => {
    assertReplaysIdentically(simulationConfig(named(name), { seed: '4' }));
  });

  it('needs nothing of the machine', () => {
    assertRunsPoisoned(simulationConfig(named(name), { seed: '5' }));
  });
});

describe('the scenarios show what they say', () => {
  it('split brain: the two sides follow different coordinators', () => {
    expect(said('bully/split-brain')).toEqual([
      expect.stringMatching(/^n[123] \((Reorganization|Normal)\) follows n3, while n[45] \(Normal\) follows n5$/),
    ]);
  });

  it('with the quorum the coordinator of the smaller side steps down before the other begins, and the highest is back', () => {
    const { result } = runScenario(named('bully/split-brain-quorum'), { seed: '1', trace: 'events' });
    const marks = [...result.trace!.events()].filter(({ kind }) => kind === 'mark');
    const at = (name: string, node: string): number[] =>
      marks.filter((mark) => mark.name === name && mark.node === node).map(({ time }) => time);
    const [steppedDown] = at('stepped-down', 'n5');
    const [began] = at('became-coordinator', 'n3');
    expect(steppedDown).toBeGreaterThan(1_000_000);
    expect(began).toBeGreaterThan(steppedDown!);
    expect(at('became-coordinator', 'n5').at(-1)).toBeGreaterThan(3_000_000);
  });

  it('a slow network is none with a failure detector that waits long enough', () => {
    expect(said('bully/slow-network')[0]).toMatch(/follows/);
    expect(said('bully/slow-network', { 'options.callMs': '250' })).toEqual([]);
  });

  it('the cascade takes (n − 1)² + (n − 2) messages, and the answer to the client', () => {
    const { result } = runScenario(named('bully/textbook-cascade'), { seed: '1', trace: 'events' });
    const types = [...result.trace!.events()].filter(({ kind }) => kind === 'send').map(({ name }) => name!);
    const election = types.filter((type) => ['Election', 'Answer', 'Coordinator'].includes(type));
    expect(election).toHaveLength(25 + 4);
  });

  it('on a ring: n(n + 1)/2 or 2n − 1, and n', () => {
    expect(messages('chang-roberts/worst-placement')).toBe(36 + 8);
    expect(messages('chang-roberts/worst-placement', { 'options.placement': 'ascending' })).toBe(15 + 8);
    expect(messages('lcr/worst-placement')).toBe(36 + 8);
  });

  it('longer rounds make up for a slow link', () => {
    expect(said('lcr/slow-link', { 'options.roundMs': '100' })).toEqual([]);
    expect(said('flood-max/slow-network', { 'options.roundMs': '70' })).toEqual([]);
  });

  it('the clock that drifts is what breaks it', () => {
    expect(said('lcr/drifting-clock', { 'clocks.perNode.n4.driftPpm': '-50' })).toEqual([]);
  });

  it('a diameter that is believed large enough is enough', () => {
    expect(said('flood-max/underestimated-diameter', { 'options.diameter': '5' })).toEqual([]);
    expect(said('flood-max/underestimated-diameter', { 'options.diameter': '4' })).not.toEqual([]);
  });

  it('the optimised variant takes fewer messages', () => {
    expect(messages('flood-max/far-ends')).toBe(5 * 10);
    expect(messages('flood-max/optimised')).toBeLessThan(30);
  });

  it('on the grid: six rounds of 48 messages', () => {
    expect(messages('flood-max/grid')).toBe(6 * 48);
  });
});

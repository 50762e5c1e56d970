import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation, type NodeView } from '../../engine/index.js';
import { fuzzSeed } from '../../fuzz/index.js';
import {
  viewstampedReplication,
  type ViewstampedReplication,
} from '../../protocols/viewstamped-replication/protocol.js';
import { runScenario, scenarioNamed, simulationConfig, type Scenario } from '../../scenarios/index.js';
import { assertReplaysIdentically, assertRunsPoisoned, assertSameAtBothSpeeds } from '../laws/index.js';

function named(name: string): Scenario {
  const found = scenarioNamed(`viewstamped-replication/${name}`);
  if (found.kind !== 'scenario') throw new Error(`${name} is no scenario`);
  return found;
}

const SEEDS = ['1', '2', '3', '4', '5'];

describe.each(Object.entries(viewstampedReplication.bugs))('%s', (bug, { property, scenario }) => {
  const name = scenario.replace('viewstamped-replication/', '');

  it(`breaks ${property} in its scenario, whatever the seed`, () => {
    const broken = SEEDS.map((seed) => runScenario(named(name), { seed, bug, evidence: false }));
    expect(broken.map(({ violations }) => violations[0]?.property)).toEqual(SEEDS.map(() => property));
  });

  it('and the correct protocol does not', () => {
    for (const seed of SEEDS) expect(runScenario(named(name), { seed }).verdict).toBe('ok');
  });
});

describe('what was published beside what is repaired', () => {
  it.each([
    ['published-state-transfer', 'repaired-state-transfer'],
    ['published-recovery', 'repaired-recovery'],
  ])('%s loses a committed operation, and %s under the same faults does not', (published, repaired) => {
    const { faults, script, nodeOptions } = named(published);
    expect({ faults, script, nodeOptions }).toEqual({
      faults: named(repaired).faults,
      script: named(repaired).script,
      nodeOptions: named(repaired).nodeOptions,
    });
    for (const seed of SEEDS) {
      const { violations } = runScenario(named(published), { seed, evidence: false });
      expect(violations[0]?.property).toBe('Committed Operations Survive');
      expect(runScenario(named(repaired), { seed }).verdict).toBe('ok');
    }
  });

  it('the three view changes happen, and the stale message is refused', () => {
    expect(runScenario(named('repaired-state-transfer'), { seed: '1' }).result.marks.get('started-view')).toBe(3);
    const { marks } = runScenario(named('repaired-recovery'), { seed: '1' }).result;
    expect([marks.get('recovered'), marks.get('refused-stale-message')]).toEqual([2, 1]);
  });
});

describe('what scenarios are there to show', () => {
  it.each([
    ['happy-path', 'started-view-change', 0, 0],
    ['primary-crash', 'recovered', 1, 1],
    ['recovery', 'recovered', 6, 6],
    ['recovery', 'installed-checkpoint', 1, Infinity],
    ['lagging-replica', 'installed-checkpoint', 1, Infinity],
    ['too-many-crashes', 'recovered', 0, 0],
    ['partitions', 'started-view', 2, Infinity],
    ['fast-reads', 'fast-read', 50, Infinity],
    ['fast-reads-broken', 'fast-read', 50, Infinity],
    ['reconfiguration', 'shut-down', 2, 2],
    ['reconfiguration', 'recovered', 1, 1],
  ])('%s: %s', (name, mark, least, most) => {
    for (const seed of ['1', '2']) {
      const { result, expected } = runScenario(named(name), { seed, evidence: false });
      expect(expected).toBe(true);
      expect(result.marks.get(mark) ?? 0).toBeGreaterThanOrEqual(least);
      expect(result.marks.get(mark) ?? 0).toBeLessThanOrEqual(most);
    }
  });

  it('what the administrator asks for is no operation on data, and is left out where the history is judged', () => {
    const { check: _, ...unjudged } = named('reconfiguration');
    const { result } = runScenario(unjudged, { seed: '1' });
    expect(result.history.some(({ f }) => f === 'reconfigure')).toBe(true);
    expect(runScenario(named('reconfiguration'), { seed: '1' }).consistency?.verdict).toBe('ok');
  });

  it('a request that was repeated while it was under way stands once in the list', () => {
    const { history, marks } = runScenario(named('bug-done-twice'), { seed: '1' }).result;
    expect(history.find(({ type, f }) => type === 'ok' && f === 'read')?.value).toEqual([1]);
    expect(marks.get('request-under-way')).toBeGreaterThan(0);
  });
});

describe('whatever goes wrong', () => {
  it.each([
    ['stormy', 40, ['recovered', 'refused-nonce', 'refused-stale-message', 'request-under-way', 'started-view']],
    ['stormy-reconfiguration', 20, ['entered-epoch', 'up-to-date', 'recovered', 'installed-checkpoint']],
    ['changing-groups', 15, ['entered-epoch', 'up-to-date', 'shut-down', 'installed-checkpoint']],
    ['partitions', 15, ['heard-of-later-view', 'caught-up']],
    ['fast-reads', 15, ['fast-read', 'waits-for-lease']],
  ])('%s: swarms of faults find nothing', (name, seeds, reached) => {
    const scenario = { ...named(name), until: seconds(2) };
    const marks = new Map<string, number>();
    for (let seed = 1; seed <= seeds; seed++) {
      const outcome = fuzzSeed(scenario, `${seed}`, { settings: {}, both: seed % 20 === 0 });
      expect(outcome.verdict, `seed ${seed}: ${outcome.property} ${outcome.message}`).not.toBe('violation');
      for (const [mark, count] of Object.entries(outcome.marks)) marks.set(mark, (marks.get(mark) ?? 0) + count);
    }
    for (const mark of reached) expect(marks.get(mark) ?? 0, mark).toBeGreaterThan(0);
  });

  it('an epoch that began at one replica, which then crashed, goes on with those that have prepared its beginning', () => {
    expect(fuzzSeed(named('stormy-reconfiguration'), '75', { settings: {}, both: false }).verdict).toBe('ok');
  });

  it('state stays bounded', () => {
    const config = simulationConfig(named('happy-path'), { seed: '1' });
    const simulation = new Simulation({ ...config, options: { checkpointAfter: 20 }, until: seconds(10) });
    simulation.run();
    for (const id of ['n1', 'n2', 'n3', 'n4', 'n5']) {
      const { volatile } = simulation.node(id) as unknown as NodeView<ViewstampedReplication>;
      expect(volatile.commitNumber).toBeGreaterThan(300);
      expect(volatile.log.length).toBeLessThan(60);
      expect(volatile.machine.sessions.size).toBe(4);
      expect(volatile.waiting.size + volatile.early.size + volatile.underWay.size).toBeLessThan(15);
      expect(volatile.prepared.length).toBeLessThan(5);
    }
  });
});

describe('laws', () => {
  const short = (name: string) => ({
    ...simulationConfig(named(name), { seed: '1', trace: 'events' }),
    until: ms(1000),
  });

  it('one digest at both speeds', () => assertSameAtBothSpeeds(short('stormy'), ['1', '2']));
  it('one digest at both speeds, with leases', () => assertSameAtBothSpeeds(short('fast-reads'), ['1']));
  it('one digest at both speeds, with epochs', () => assertSameAtBothSpeeds(short('stormy-reconfiguration'), ['1']));
  it('the choices are the run', () => assertReplaysIdentically(short('stormy')));
  it('nothing of the machine is needed', () => assertRunsPoisoned(short('stormy')));
});

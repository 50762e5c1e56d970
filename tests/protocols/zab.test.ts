import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation, type NodeView } from '../../engine/index.js';
import { fuzzSeed } from '../../fuzz/index.js';
import type { Zab } from '../../protocols/zab/protocol.js';
import { runScenario, scenarioNamed, simulationConfig, withSettings, type Scenario } from '../../scenarios/index.js';
import { assertReplaysIdentically, assertRunsPoisoned, assertSameAtBothSpeeds } from '../laws/index.js';

// Every planted bug in its scenario, with and without: tests/scenarios/catalogue-bugs.test.ts.

function named(name: string): Scenario {
  const found = scenarioNamed(name);
  if (found.kind !== 'scenario') throw new Error(`${name} is no scenario`);
  return found;
}

describe('what scenarios are there to show', () => {
  it.each([
    ['zab/happy-path', 'became-leader', 1, 1],
    ['zab/leader-crash', 'became-leader', 3, 5],
    ['zab/late-followers', 'sent-diff', 1, Infinity],
    ['zab/late-followers', 'sent-trunc', 1, Infinity],
    ['zab/late-followers', 'sent-snap', 1, Infinity],
    ['zab/minority', 'elected', 0, 0],
    ['zab/unsynced-disk', 'became-leader', 5, Infinity],
    ['zab/bug-kept-uncommitted', 'truncated', 1, 1],
  ])('%s: %s', (name, mark, least, most) => {
    for (const seed of ['1', '2']) {
      const { result, expected } = runScenario(named(name), { seed, evidence: false });
      expect(expected).toBe(true);
      expect(result.marks.get(mark) ?? 0).toBeGreaterThanOrEqual(least);
      expect(result.marks.get(mark) ?? 0).toBeLessThanOrEqual(most);
    }
  });

  it('nodes with damaged disks halt, and say why', () => {
    const config = simulationConfig(named('zab/damaged-disk'), { seed: '1', trace: 'events' });
    const halts = [...new Simulation(config).run().trace!.events()].filter(({ kind }) => kind === 'halt');
    expect(halts.map(({ node }) => node)).toEqual(['n2', 'n5']);
    expect(halts[0]?.why).toContain('the disk is damaged');
  });

  it('the reads of zab/local-reads and zab/sync-deposed are linearizable when they are broadcast', () => {
    for (const name of ['zab/local-reads', 'zab/sync-deposed']) {
      const scenario = withSettings(named(name), { 'options.reads': 'broadcast' });
      expect(runScenario(scenario, { seed: '1', evidence: false }).verdict).toBe('ok');
    }
  });
});

describe('whatever goes wrong', () => {
  it.each([
    ['zab/stormy', 25, ['adopted-history', 'installed-snapshot']],
    ['zab/zookeeper/stormy', 25, ['sent-diff', 'sent-trunc', 'sent-snap', 'truncated']],
    ['zab/unsynced-disk', 10, []],
    ['zab/late-followers', 10, ['sent-diff', 'sent-snap']],
    ['zab/damaged-disk', 10, []],
  ])('%s: swarms of faults find nothing', (name, seeds, special) => {
    const scenario = { ...named(name), until: seconds(2.5) };
    const marks = new Map<string, number>();
    for (let seed = 1; seed <= seeds; seed++) {
      const outcome = fuzzSeed(scenario, `${seed}`, { settings: {}, both: seed % 20 === 0 });
      expect(outcome.verdict, `seed ${seed}: ${outcome.property} ${outcome.message}`).not.toBe('violation');
      for (const [mark, count] of Object.entries(outcome.marks)) marks.set(mark, (marks.get(mark) ?? 0) + count);
    }
    for (const mark of ['became-leader', 'joined', 'lost-leader', 'retried-session-request', ...special]) {
      expect(marks.get(mark) ?? 0, mark).toBeGreaterThan(0);
    }
  });

  it.each(['paper', 'zookeeper'])('state stays bounded (%s)', (synchronization) => {
    const scenario = withSettings(named('zab/leader-crash'), { 'options.synchronization': synchronization });
    const config = simulationConfig(scenario, { seed: '1' });
    const simulation = new Simulation({ ...config, options: { ...config.options, snapshotAfter: 20 } });
    simulation.run();
    for (const id of ['n1', 'n2', 'n3', 'n4', 'n5']) {
      const { durable, volatile } = simulation.node(id) as unknown as NodeView<Zab>;
      expect(volatile.delivered).toBeGreaterThan(200);
      expect(durable.history.txns.length).toBeLessThan(50);
      expect(volatile.waiting.size + volatile.proposals.size + volatile.promised.size).toBeLessThan(10);
      expect(volatile.syncing.size + volatile.early.size).toBe(0);
    }
  });
});

describe('laws', () => {
  it.each(['zab/stormy', 'zab/zookeeper/stormy'])('%s', (name) => {
    const short = { ...simulationConfig(named(name), { seed: '1', trace: 'events' }), until: ms(1500) };
    assertSameAtBothSpeeds(short, ['1', '2']);
    assertReplaysIdentically(short);
    assertRunsPoisoned(short);
  });

  it('one digest at both speeds, without disks', () => {
    const { disk: _, ...dry } = simulationConfig(named('zab/stormy'), { seed: '1', trace: 'events' });
    assertSameAtBothSpeeds({ ...dry, until: ms(1500) }, ['1']);
  });

  it.each(['updates-epoch-first', 'acknowledges-unsynced'])('one digest at both speeds with %s', (bug) => {
    const config = simulationConfig(named('zab/leader-crash'), { seed: '1', trace: 'events', bug });
    assertSameAtBothSpeeds({ ...config, until: ms(1500), continueAfterViolation: true }, ['1']);
  });
});

import { describe, expect, it } from 'vitest';
import { ms, nodeId, seconds, Simulation, type NodeView, type RunResult } from '../../engine/index.js';
import { fuzzSeed } from '../../fuzz/index.js';
import { quorum, type Quorum } from '../../protocols/quorum/protocol.js';
import { runScenario, scenarioNamed, simulationConfig, withSettings, type Scenario } from '../../scenarios/index.js';
import { mixedWorkload } from '../../scenarios/catalogue/key-value-workload.js';
import { assertReplaysIdentically, assertRunsPoisoned, assertSameAtBothSpeeds } from '../laws/index.js';

function named(name: string): Scenario {
  const found = scenarioNamed(name);
  if (found.kind !== 'scenario') throw new Error(`${name} is no scenario`);
  return found;
}

const SEEDS = ['1', '2', '3', '4', '5'];

function answers(name: string, seed = '1', settings: Record<string, string> = {}): string[] {
  const { history } = runScenario(withSettings(named(name), settings), { seed }).result;
  return history
    .filter(({ type }) => type !== 'invoke')
    .map(({ f, type, value }) => `${f} ${type}${f === 'get' || f === 'read' ? ` ${shown(value)}` : ''}`);
}

function shown(value: unknown): string {
  const got = value as { readonly values?: readonly unknown[] } | null;
  return JSON.stringify(got !== null && typeof got === 'object' ? got.values : value);
}

describe('what clients see', () => {
  it('levels: without one of three replicas ONE and QUORUM are served, ALL is not', () => {
    for (const seed of SEEDS) {
      expect(answers('quorum/levels', seed)).toEqual([
        ...['write ok', 'write ok', 'read ok 2', 'write ok'],
        expect.stringMatching(/^read ok [23]$/),
        expect.stringMatching(/^read fail/),
      ]);
    }
  });

  it('siblings: both carts, and after the merge one', () => {
    for (const seed of SEEDS) {
      const seen = answers('quorum/siblings', seed).filter((line) => line.startsWith('get'));
      expect(seen.slice(2)).toEqual(['get ok ["milk, bread","milk, eggs"]', 'get ok ["milk, bread, eggs"]']);
    }
  });

  it('shopping cart: each side sees its own, later both are there', () => {
    for (const seed of SEEDS) {
      const seen = answers('quorum/shopping-cart', seed).filter((line) => line.startsWith('get'));
      expect(seen.slice(2)).toEqual(['get ok ["milk, bread"]', 'get ok ["milk, bread","milk, eggs"]']);
    }
  });

  it('one node, two writers: both are kept only where dots are told from contexts', () => {
    expect(answers('quorum/same-coordinator').at(-1)).toBe('get ok ["milk, eggs"]');
    expect(answers('quorum/same-coordinator-dotted').at(-1)).toBe('get ok ["milk, bread","milk, eggs"]');
  });

  it('skewed clocks: the later write is acknowledged, and not there', () => {
    expect(answers('quorum/skewed-clocks')).toEqual(['write ok', 'write ok', 'read ok 1']);
    expect(answers('quorum/skewed-clocks-dotted').at(-1)).toBe('get ok [2]');
  });

  it('a sloppy quorum takes the write that a strict one does not, and the reader misses it', () => {
    expect(answers('quorum/sloppy-quorum')).toEqual(['write ok', 'write ok']);
    const stale = runScenario(named('quorum/sloppy-quorum'), { seed: '1' }).violations[0];
    expect(stale?.message).toBe('c2#1.1 at n2 finds 1 (n1:1) of x, and not 2 (n1:2), which was acknowledged before');
    expect(answers('quorum/strict-quorum').toSorted()).toEqual(['read ok 1', 'write info', 'write ok']);
  });

  it('the new value first, and then the old', () => {
    for (const seed of SEEDS) {
      const reads = answers('quorum/not-linearizable', seed).filter((line) => line.startsWith('read'));
      expect(reads).toEqual(['read ok 2', 'read ok 1']);
    }
  });

  it('that is regular, and a sloppy quorum is not even that', () => {
    const judged = (name: string): string | undefined => {
      const scenario: Scenario = {
        ...named(name),
        protocol: { ...quorum, invariants: [] },
        check: { consistency: 'regular', model: 'kv' },
      };
      return runScenario(scenario, { seed: '1' }).violations[0]?.property;
    };
    expect(judged('quorum/not-linearizable')).toBeUndefined();
    expect(judged('quorum/strict-quorum')).toBeUndefined();
    expect(judged('quorum/sloppy-quorum')).toBe('regular');
  });

  it('deleted: gone for good, or back, by the grace', () => {
    expect(answers('quorum/deleted').at(-1)).toBe('read ok null');
    expect(answers('quorum/long-grace').at(-1)).toBe('read ok null');
    const back = runScenario(named('quorum/short-grace'), { seed: '1' }).violations[0];
    expect(back?.message).toMatch(/^"secret" \(n1:1\) of x is back at n[12], which has seen it deleted/);
  });
});

describe('what scenarios are there to show', () => {
  it.each([
    ['quorum/happy-path', 'repaired', 1],
    ['quorum/hinted-handoff', 'handed-off', 1],
    ['quorum/hinted-handoff', 'asked-stand-in', 1],
    ['quorum/anti-entropy', 'found-difference', 1],
    ['quorum/wiped-disk', 'found-difference', 1],
    ['quorum/join-and-leave', 'gave-away', 5],
    ['quorum/long-grace', 'collected-tombstone', 3],
  ])('%s: %s', (name, mark, least) => {
    for (const seed of ['1', '2']) {
      expect(runScenario(named(name), { seed }).result.marks.get(mark) ?? 0).toBeGreaterThanOrEqual(least);
    }
  });

  it('without hints, repair and anti-entropy replicas stay different', () => {
    for (const [name, setting] of [
      ['quorum/hinted-handoff', { 'options.hintedHandoff': 'false' }],
      ['quorum/anti-entropy', { 'options.antiEntropyMs': '0' }],
    ] as const) {
      expect(runScenario(withSettings(named(name), setting), { seed: '1' }).violations[0]?.property).toBe(
        'Convergence',
      );
    }
  });

  it('the workload of other stores runs here too: reads and writes are served, compare-and-set is refused', () => {
    const { swarm: _, ...data } = named('multi-paxos/leader-crash');
    const scenario: Scenario = { ...data, protocol: quorum, clients: { ...mixedWorkload, retry: true } };
    const { history } = runScenario(scenario, { seed: '1' }).result;
    const count = (f: string, type: string): number => history.filter((one) => one.f === f && one.type === type).length;
    expect(Math.min(count('read', 'ok'), count('write', 'ok'), count('cas', 'fail'))).toBeGreaterThan(20);
    expect(count('cas', 'ok')).toBe(0);
  });
});

describe('whatever goes wrong', () => {
  it.each([
    ['quorum/stormy', 6],
    ['quorum/always-writeable', 6],
    ['quorum/last-writer-wins', 6],
  ])('%s: swarms of faults find nothing', (name, seeds) => {
    const marks = new Map<string, number>();
    for (let seed = 101; seed <= 100 + seeds; seed++) {
      const outcome = fuzzSeed(named(name), `${seed}`, { settings: {}, both: seed === 101 });
      expect(outcome.verdict, `seed ${seed}: ${outcome.property} ${outcome.message}`).toBe('ok');
      for (const [mark, count] of Object.entries(outcome.marks)) marks.set(mark, (marks.get(mark) ?? 0) + count);
    }
    for (const mark of ['kept-hint', 'handed-off', 'repaired', 'found-difference']) {
      expect(marks.get(mark) ?? 0, mark).toBeGreaterThan(0);
    }
  });

  it.each(['drops-siblings', 'keeps-counter', 'forgets-context', 'answers-with-first-reply', 'repairs-blindly'])(
    'quorum/stormy finds %s',
    (bug) => {
      expect(
        ['1', '2', '3'].some((seed) => runScenario(named('quorum/stormy'), { seed, bug }).verdict === 'violation'),
      ).toBe(true);
    },
  );

  it('timestamps lose writes as soon as clocks are wrong', () => {
    const scenario = withSettings(named('quorum/last-writer-wins'), { clocks: '{}', 'clocks.offsetMax': '2s' });
    const broken = ['1', '2', '3'].map((seed) => runScenario(scenario, { seed }).violations[0]?.property);
    expect(broken).toContain('No Lost Write');
  });
});

describe('disks that lose what was not synced', () => {
  it('do not matter to quorums that meet either', () => {
    const scenario = withSettings(named('quorum/unsynced-disk'), { 'options.r': '2', 'options.w': '2' });
    for (const seed of ['1', '2', '3']) {
      const outcome = fuzzSeed(scenario, seed, { settings: {}, both: false });
      expect(outcome.verdict, `seed ${seed}: ${outcome.property} ${outcome.message}`).toBe('ok');
    }
  });
});

describe('bounds', () => {
  it('an hour of writes and deletes leaves a few keys and nothing else', () => {
    const { clients } = named('quorum/stormy');
    const simulation = new Simulation({
      ...simulationConfig(named('quorum/stormy'), { seed: '1' }),
      options: { versions: 'dotted', graceMs: 10_000, antiEntropyMs: 10_000, handoffMs: 5_000 },
      clients: { ...clients!, think: { constant: seconds(4) }, stop: seconds(3_580) },
      faults: [{ do: 'crash', whom: { random: 1 }, at: seconds(5), for: seconds(1), times: 300, every: seconds(11) }],
      until: seconds(3_600),
    });
    expect(simulation.run().ending).toBe('finished');
    for (const id of ['n1', 'n2', 'n3', 'n4', 'n5']) {
      const { durable, volatile } = simulation.node(id) as unknown as NodeView<Quorum>;
      expect([...durable.store.values()].flat().length).toBeLessThan(20);
      expect([...durable.hints.values()].reduce((sum, kept) => sum + kept.size, 0)).toBeLessThan(5);
      expect([volatile.operations.size, volatile.suspects.size <= 5]).toEqual([0, true]);
      for (const { context } of [...durable.store.values()].flat()) {
        expect(Object.values(context ?? {}).flat().length).toBeLessThan(60);
      }
    }
  });
});

describe('membership', () => {
  function join(n: number, keys: number): { moved: number; result: RunResult } {
    const members = Array.from({ length: n + 1 }, (_, i) => `n${i + 1}`);
    const simulation = new Simulation({
      protocol: quorum,
      nodes: n + 1,
      options: { n: 1, r: 1, w: 1, ring: members.slice(0, n), antiEntropyMs: 0, handoffMs: 200, virtualNodes: 64 },
      seed: '1',
      until: seconds(4),
      script: [
        ...Array.from({ length: keys }, (_, i) => ({
          ...{ at: ms(i), client: `c${(i % 50) + 1}`, request: 'put' },
          args: { key: `key ${i}`, value: i, context: null },
        })),
        { at: seconds(1), client: 'c51', request: 'join', args: { node: `n${n + 1}` } },
      ],
    });
    const result = simulation.run();
    const { durable } = simulation.node(nodeId(`n${n + 1}`)) as unknown as NodeView<Quorum>;
    return { moved: durable.store.size, result };
  }

  it('who joins gets its share of the keys, and all of them are still there', () => {
    const { moved, result } = join(4, 400);
    expect(result.violations).toEqual([]);
    expect(Math.abs(moved / 400 - 1 / 5)).toBeLessThan(0.08);
  });
});

describe('laws', () => {
  const config = simulationConfig(named('quorum/stormy'), { seed: '1', trace: 'events' });
  const short = { ...config, until: ms(1500) };
  const disk = { syncLatency: { uniform: [ms(1), ms(30)] }, torn: 0.5 } as const;

  it('one digest at both speeds', () => assertSameAtBothSpeeds(short, ['1', '2']));
  it('one digest at both speeds, on disks that lose', () => assertSameAtBothSpeeds({ ...short, disk }, ['1']));
  it('the choices are the run', () => assertReplaysIdentically(short));
  it('nothing of the machine is needed', () => assertRunsPoisoned(short));
});

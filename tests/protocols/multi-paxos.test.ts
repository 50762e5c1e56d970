import { describe, expect, it } from 'vitest';
import { ms, nodeId, seconds, Simulation, type Invariant, type NodeView, type World } from '../../engine/index.js';
import { fuzzSeed } from '../../fuzz/index.js';
import { slotConfiguration } from '../../protocols/multi-paxos/configuration-invariant.js';
import {
  agreement,
  ballotMonotonicity,
  oneValuePerBallot,
  REMEMBERED_SLOTS_MAX,
  sameState,
} from '../../protocols/multi-paxos/invariants.js';
import { multiPaxos, type MultiPaxos } from '../../protocols/multi-paxos/protocol.js';
import {
  NOOP,
  type Entry,
  type MultiPaxosDurable,
  type MultiPaxosVolatile,
} from '../../protocols/multi-paxos/shape.js';
import type { Ballot } from '../../protocols/parts/ballot.js';
import { runScenario, scenarioNamed, simulationConfig, type Scenario } from '../../scenarios/index.js';
import { assertReplaysIdentically, assertRunsPoisoned, assertSameAtBothSpeeds } from '../laws/index.js';

function named(name: string): Scenario {
  const found = scenarioNamed(name);
  if (found.kind !== 'scenario') throw new Error(`${name} is no scenario`);
  return found;
}

const SEEDS = ['1', '2', '3', '4', '5'];

describe.each(Object.entries(multiPaxos.bugs))('%s', (bug, { property, scenario }) => {
  it(`breaks ${property} in its scenario, whatever the seed`, () => {
    const broken = SEEDS.map((seed) => runScenario(named(scenario), { seed, bug, evidence: false }));
    expect(broken.map(({ violations }) => violations[0]?.property)).toEqual(SEEDS.map(() => property));
  });

  it('and the correct protocol does not', () => {
    for (const seed of SEEDS) expect(runScenario(named(scenario), { seed }).verdict).toBe('ok');
  });
});

it('nodes with unsafe quorums halt, and say why', () => {
  const config = simulationConfig(named('multi-paxos/bug-unsafe-quorums'), { seed: '1', trace: 'events' });
  const halts = [...new Simulation(config).run().trace!.events()].filter(({ kind }) => kind === 'halt');
  expect(halts.map(({ node }) => node)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
  expect(halts[0]?.why).toContain('q1 + q2 must exceed 5');
});

describe('what scenarios are there to show', () => {
  it.each([
    ['multi-paxos/happy-path', 'became-leader', 1, 1],
    ['multi-paxos/gap', 'filled-gap', 2, 2],
    ['multi-paxos/lagging-learner', 'installed-snapshot', 1, Infinity],
    ['multi-paxos/flexible-quorums', 'became-leader', 1, 1],
    ['multi-paxos/flexible-quorums-stuck', 'became-leader', 1, 1],
    ['multi-paxos/minority', 'became-leader', 0, 0],
    ['multi-paxos/grow', 'placed-configuration', 3, 5],
    ['multi-paxos/shrink', 'retired', 2, 2],
    ['multi-paxos/replace-one-by-one', 'retired', 3, 3],
    ['multi-paxos/reconfiguration-leader-crash', 'retired', 6, 6],
    ['multi-paxos/lagging-reconfiguration', 'installed-snapshot', 3, Infinity],
    ['multi-paxos/bug-unpromised', 'became-leader', 2, 2],
  ])('%s: %s', (name, mark, least, most) => {
    for (const seed of ['1', '2']) {
      const { result, expected } = runScenario(named(name), { seed });
      expect(expected).toBe(true);
      expect(result.marks.get(mark) ?? 0).toBeGreaterThanOrEqual(least);
      expect(result.marks.get(mark) ?? 0).toBeLessThanOrEqual(most);
    }
  });

  it('the gap is filled with no-ops, and what follows it is executed', () => {
    const { history } = runScenario(named('multi-paxos/gap'), { seed: '1' }).result;
    expect(history.find(({ type, f }) => type === 'ok' && f === 'read')?.value).toBe(3);
  });
});

describe('whatever goes wrong', () => {
  it.each([
    ['multi-paxos/stormy', 40],
    ['multi-paxos/stormy-reconfiguration', 40],
    ['multi-paxos/unsynced-disk', 10],
    ['multi-paxos/lagging-learner', 20],
    ['multi-paxos/flexible-quorums', 20],
  ])('%s: swarms of faults find nothing', (name, seeds) => {
    const scenario = { ...named(name), until: seconds(2) };
    const marks = new Map<string, number>();
    for (let seed = 1; seed <= seeds; seed++) {
      const outcome = fuzzSeed(scenario, `${seed}`, { settings: {}, both: seed % 20 === 0 });
      expect(outcome.verdict, `seed ${seed}: ${outcome.property} ${outcome.message}`).not.toBe('violation');
      for (const [mark, count] of Object.entries(outcome.marks)) marks.set(mark, (marks.get(mark) ?? 0) + count);
    }
    for (const mark of ['became-leader', 'refused-ballot', 'stepped-down', 'caught-up', 'chosen-out-of-order']) {
      expect(marks.get(mark) ?? 0, mark).toBeGreaterThan(0);
    }
  });

  it('state stays bounded', () => {
    const config = simulationConfig(named('multi-paxos/happy-path'), { seed: '1' });
    const simulation = new Simulation({ ...config, options: { snapshotAfter: 20 }, until: seconds(10) });
    simulation.run();
    for (const id of ['n1', 'n2', 'n3', 'n4', 'n5']) {
      const { durable, volatile } = simulation.node(id) as unknown as NodeView<MultiPaxos>;
      expect(volatile.executed).toBeGreaterThan(300);
      expect(durable.votes.size).toBeLessThan(60);
      expect(volatile.chosen.size).toBeLessThan(60);
      expect(volatile.waiting.size + volatile.proposals.size).toBeLessThan(10);
    }
  });
});

describe('laws', () => {
  const config = simulationConfig(named('multi-paxos/stormy'), { seed: '1', trace: 'events' });
  const short = { ...config, until: ms(1500) };
  const disk = { syncLatency: { uniform: [ms(1), ms(30)] }, torn: 0.5 } as const;

  it('one digest at both speeds', () => assertSameAtBothSpeeds(short, ['1', '2']));
  it('one digest at both speeds, while acceptors change', () => {
    const changing = simulationConfig(named('multi-paxos/stormy-reconfiguration'), { seed: '1', trace: 'events' });
    assertSameAtBothSpeeds({ ...changing, until: ms(2500) }, ['1']);
  });
  it('one digest at both speeds, on disks that lose', () => assertSameAtBothSpeeds({ ...short, disk }, ['1']));
  it('the choices are the run', () => assertReplaysIdentically(short));
  it('nothing of the machine is needed', () => assertRunsPoisoned(short));
});

/** A cluster of bare states: a test changes them as a (wrong) protocol would. */
class States {
  private readonly views = new Map<string, NodeView<MultiPaxos>>();
  private readonly memory: unknown;

  constructor(private readonly invariant: Invariant<MultiPaxos>) {
    this.memory = invariant.memory();
  }

  step(id: string, durable: Partial<MultiPaxosDurable>, volatile: Partial<MultiPaxosVolatile> = {}): string | null {
    const before = this.views.get(id);
    const now = { ...(before?.durable ?? multiPaxos.durable()), ...durable };
    const view = {
      id: nodeId(id),
      members: [],
      options: multiPaxos.options,
      durable: now,
      synced: now,
      volatile: { ...(before?.volatile ?? multiPaxos.volatile()), ...volatile },
      up: true,
    } as NodeView<MultiPaxos>;
    this.views.set(id, view);
    const world = { now: 0, nodes: [...this.views.values()], node: (wanted: string) => this.views.get(wanted) };
    return this.invariant.afterStep(this.memory, view, world as World<MultiPaxos>) ?? null;
  }
}

describe('each invariant can fail', () => {
  const bal = (number: number, node = 'n1'): Ballot => ({ number, node: nodeId(node) });
  const entry = (value: number): Entry => ({
    command: { op: 'write', key: 'x', value },
    session: null,
    ref: `r${value}`,
  });
  const learned = (...entries: Entry[]) => ({
    chosen: new Map(entries.map((one, i) => [i + 1, one])),
    executed: entries.length,
  });

  it('Agreement', () => {
    const states = new States(agreement);
    expect(states.step('n1', {}, learned(entry(1), entry(2)))).toBeNull();
    expect(states.step('n2', {}, learned(entry(1)))).toBeNull();
    expect(states.step('n2', {}, learned(entry(1), NOOP))).toBe('for slot 2 n1 has learned write x = 2 and n2 no-op');
  });

  it('Agreement: after a restart everything is looked at again', () => {
    const states = new States(agreement);
    expect(states.step('n1', {}, learned(entry(1)))).toBeNull();
    expect(states.step('n1', {}, learned())).toBeNull();
    expect(states.step('n1', {}, learned(entry(2)))).toContain('for slot 1');
  });

  it('Agreement remembers so much and no more', () => {
    const memory = agreement.memory() as { learned: Map<number, unknown> };
    const chosen = new Map(Array.from({ length: REMEMBERED_SLOTS_MAX + 10 }, (_, i) => [i + 1, entry(1)]));
    const node = { id: nodeId('n1'), volatile: { chosen, executed: chosen.size } } as unknown as NodeView<MultiPaxos>;
    agreement.afterStep(memory, node, {} as World<MultiPaxos>);
    expect(memory.learned.size).toBe(REMEMBERED_SLOTS_MAX);
    expect(memory.learned.has(chosen.size)).toBe(true);
  });

  it('Same State', () => {
    const states = new States(sameState);
    const snapshot = (slot: number, value: number | readonly number[]) => ({
      snapshot: { slot, machine: { data: new Map([['x', value]]), sessions: new Map() }, configurations: [] },
    });
    expect(states.step('n1', snapshot(3, [1, 2]))).toBeNull();
    expect(states.step('n2', snapshot(3, [1, 2]))).toBeNull();
    expect(states.step('n3', snapshot(3, [1, 3]))).toBe('at slot 3 n1 and n3 hold different values of x');
  });

  describe('Slot Configuration', () => {
    const alpha = multiPaxos.options.alpha;
    const placed = (from: number, ...members: string[]) => ({ from, members: members.map(nodeId) });
    const first = placed(1, 'n1', 'n2', 'n3');
    const second = placed(1 + alpha, 'n3', 'n4', 'n5');

    it('all know the same', () => {
      const states = new States(slotConfiguration);
      expect(states.step('n1', {}, { configurations: [first] })).toBeNull();
      expect(states.step('n1', {}, { configurations: [first, second], executed: 1 })).toBeNull();
      expect(states.step('n2', {}, { configurations: [first, second], executed: 7 })).toBeNull();
      const other = [first, placed(1 + alpha, 'n1', 'n4', 'n5')];
      expect(states.step('n3', {}, { configurations: other, executed: 1 })).toContain('does not know that n3, n4, n5');
      expect(states.step('n4', {}, { configurations: [first], executed: 9 })).toContain(
        'does not know that n3, n4, n5',
      );
    });

    it('nobody learns of one for a slot that was already open', () => {
      const states = new States(slotConfiguration);
      expect(states.step('n1', {}, { configurations: [first], executed: 1 })).toBeNull();
      expect(states.step('n1', {}, { configurations: [first, second], executed: 2 })).toContain('n1 learns now');
    });

    it('who votes is of the slot’s configuration, and somebody knows it', () => {
      const states = new States(slotConfiguration);
      const configurations = [first, second];
      expect(states.step('n3', {}, { configurations, executed: 1, lastVoted: alpha })).toBeNull();
      expect(states.step('n3', {}, { configurations, executed: 1, lastVoted: alpha + 1 })).toBeNull();
      expect(states.step('n2', {}, { configurations: [first], lastVoted: alpha })).toBeNull();
      expect(states.step('n2', {}, { lastVoted: alpha + 1 })).toContain('which belongs to n3, n4, n5');
      expect(states.step('n3', {}, { lastVoted: alpha + 2 })).toContain('not beyond slot 101');
    });
  });

  it('One Value Per Ballot', () => {
    const states = new States(oneValuePerBallot);
    const voted = (number: number, value: number) =>
      [{ votes: new Map([[4, { slot: 4, bal: bal(number), entry: entry(value) }]]) }, { lastVoted: 4 }] as const;
    expect(states.step('n1', ...voted(1, 1))).toBeNull();
    expect(states.step('n2', ...voted(2, 2))).toBeNull();
    expect(states.step('n3', ...voted(1, 2))).toContain('in ballot 1.n1 n1 has voted for write x = 1 in slot 4 and n3');
  });

  it('Ballot Monotonicity: within a life', () => {
    const states = new States(ballotMonotonicity);
    expect(states.step('n1', { maxBal: bal(3) }, { promised: 1 })).toBeNull();
    expect(states.step('n1', { maxBal: bal(2) }, { promised: 0 })).toBeNull();
    expect(states.step('n1', { maxBal: bal(4) }, { promised: 1 })).toBeNull();
    expect(states.step('n1', { maxBal: bal(3) }, { promised: 2 })).toBe('n1 goes back from ballot 4.n1 to 3.n1');
    const votes = new Map([[1, { slot: 1, bal: bal(9), entry: entry(1) }]]);
    expect(states.step('n2', { votes }, { lastVoted: 1 })).toContain('promised only none');
  });
});

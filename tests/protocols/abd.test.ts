import { describe, expect, it } from 'vitest';
import { ms, nodeId, seconds, Simulation, type Invariant, type NodeView, type World } from '../../engine/index.js';
import { fuzzSeed } from '../../fuzz/index.js';
import { completedAtMajority, oneValuePerTag, REMEMBERED_TAGS_MAX, tagsRise } from '../../protocols/abd/invariants.js';
import { abd, type Abd } from '../../protocols/abd/protocol.js';
import type { AbdVolatile, Register } from '../../protocols/abd/shape.js';
import { roundTrips } from '../../scenarios/catalogue/abd/round-trips.js';
import { simulationConfig } from '../../scenarios/index.js';
import { assertReplaysIdentically, assertRunsPoisoned, assertSameAtBothSpeeds } from '../laws/index.js';
import { named } from '../scenarios/catalogue-runs.js';

describe('whatever goes wrong', () => {
  it.each([
    ['abd/stormy', 60],
    ['abd/unsynced-disk', 15],
    ['abd/single-writer', 15],
  ])('%s: swarms of faults find nothing', (name, seeds) => {
    const scenario = { ...named(name), until: seconds(2) };
    for (let seed = 1; seed <= seeds; seed++) {
      const outcome = fuzzSeed(scenario, `${seed}`, { settings: {}, both: seed % 20 === 0 });
      expect(outcome.verdict, `seed ${seed}: ${outcome.property} ${outcome.message}`).toBe('ok');
    }
  });

  it('a slow writer that crashes before it hears itself does not fall behind its own tags', () => {
    const outcome = fuzzSeed(named('abd/single-writer'), '1792', { settings: {} });
    expect(outcome.verdict, `${outcome.property} ${outcome.message}`).toBe('ok');
  });

  it('state stays bounded', () => {
    const config = simulationConfig(named('abd/minority-crash'), { seed: '1' });
    const simulation = new Simulation({ ...config, until: seconds(20) });
    simulation.run();
    for (const id of ['n1', 'n2', 'n3', 'n4', 'n5']) {
      const { durable, volatile } = simulation.node(id) as unknown as NodeView<Abd>;
      expect(durable.registers.size).toBe(2);
      expect(volatile.operations.size).toBeLessThan(5);
    }
  });
});

it('costs what the papers say', () => {
  const report = roundTrips.run({ seed: '1', settings: { operations: 6 }, progress: () => undefined });
  expect(report.comparisons).toHaveLength(4 * 4 * 2);
  expect(report.comparisons.filter(({ holds }) => !holds)).toEqual([]);
});

describe('laws', () => {
  const config = simulationConfig(named('abd/stormy'), { seed: '1', trace: 'events' });
  const short = { ...config, until: ms(1500) };

  it('one digest at both speeds', () => assertSameAtBothSpeeds(short, ['1', '2']));
  it('the choices are the run', () => assertReplaysIdentically(short));
  it('nothing of the machine is needed', () => assertRunsPoisoned(short));
});

/** Three bare replicas: a test changes them as a (wrong) protocol would. */
class States {
  private readonly views = new Map<string, NodeView<Abd>>();
  private readonly memory: unknown;

  constructor(private readonly invariant: Invariant<Abd>) {
    this.memory = invariant.memory();
    for (const id of ['n1', 'n2', 'n3']) this.views.set(id, this.view(id, 1, {}));
  }

  step(id: string, register: Register | null, volatile: Partial<AbdVolatile>, life = 1): string | null {
    const before = this.views.get(id)!;
    const registers = new Map(before.durable.registers);
    if (register !== null) registers.set('x', register);
    const view = this.view(id, life, volatile, registers);
    this.views.set(id, view);
    const world = { now: 0, nodes: [...this.views.values()], node: (wanted: string) => this.views.get(wanted) };
    return this.invariant.afterStep(this.memory, view, world as World<Abd>) ?? null;
  }

  private view(
    id: string,
    life: number,
    volatile: Partial<AbdVolatile>,
    registers: ReadonlyMap<string, Register> = new Map(),
  ): NodeView<Abd> {
    const members = ['n1', 'n2', 'n3'].map(nodeId);
    return {
      ...{ id: nodeId(id), members, options: abd.options, up: true },
      durable: { life, registers },
      synced: { life, registers },
      volatile: { ...abd.volatile(), ...volatile },
    };
  }
}

describe('each invariant can fail', () => {
  const register = (seq: number, value: number): Register => ({ tag: { seq, node: nodeId('n1'), life: 1 }, value });
  const stored = (times: number): Partial<AbdVolatile> => ({ lastStored: 'x', stored: times });

  it('One Value Per Tag', () => {
    const states = new States(oneValuePerTag);
    expect(states.step('n1', register(1, 5), stored(1))).toBeNull();
    expect(states.step('n2', register(1, 5), stored(1))).toBeNull();
    expect(states.step('n3', register(1, 6), stored(1))).toBe('for tag x 1.n1/1 n1 holds 5 and n3 6');
  });

  it('One Value Per Tag remembers so much and no more', () => {
    const states = new States(oneValuePerTag);
    const { tags } = (states as unknown as { memory: { tags: ReadonlyMap<string, unknown> } }).memory;
    for (let seq = 1; seq <= REMEMBERED_TAGS_MAX + 5; seq++) states.step('n1', register(seq, seq), stored(seq));
    expect(tags.size).toBe(REMEMBERED_TAGS_MAX);
  });

  it('Tags Rise: within a life', () => {
    const states = new States(tagsRise);
    expect(states.step('n1', register(4, 1), stored(1))).toBeNull();
    expect(states.step('n1', register(2, 1), stored(1), 2)).toBeNull();
    expect(states.step('n1', register(3, 1), stored(2), 2)).toBeNull();
    expect(states.step('n1', register(2, 1), stored(3), 2)).toBe('n1 goes back from 3.n1/1 to 2.n1/1 for key x');
  });

  it('Completed Writes At A Majority', () => {
    const states = new States(completedAtMajority);
    const completed = { lastCompleted: { key: 'x', tag: register(2, 1).tag }, completed: 1 };
    expect(states.step('n2', register(2, 1), {})).toBeNull();
    expect(states.step('n1', register(3, 2), completed)).toBeNull();
    expect(states.step('n3', register(1, 1), completed)).toBeNull();
    const alone = { lastCompleted: { key: 'x', tag: register(3, 1).tag }, completed: 2 };
    expect(states.step('n1', null, alone)).toBe('n1 has completed a write of x with tag 3.n1/1, which 1 of 3 hold');
  });
});

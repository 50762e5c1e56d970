import { describe, expect, it } from 'vitest';
import { ms, nodeId, seconds, Simulation, type Invariant, type NodeView, type World } from '../../engine/index.js';
import { fuzzSeed } from '../../fuzz/index.js';
import {
  acknowledgedWritesSurvive,
  COMPARED_EVERY,
  onePrimaryPerEpoch,
  sameState,
} from '../../protocols/primary-backup/invariants.js';
import {
  primaryBackup,
  type PrimaryBackup,
  type PrimaryBackupOptions,
} from '../../protocols/primary-backup/protocol.js';
import type { PrimaryBackupDurable, PrimaryBackupVolatile } from '../../protocols/primary-backup/shape.js';
import { lostWrites } from '../../scenarios/catalogue/primary-backup/lost-writes.js';
import { stalenessOfReplicas } from '../../scenarios/catalogue/primary-backup/staleness.js';
import { switchOverGap } from '../../scenarios/catalogue/primary-backup/switch-over-gap.js';
import { runScenario, simulationConfig } from '../../scenarios/index.js';
import { assertReplaysIdentically, assertRunsPoisoned, assertSameAtBothSpeeds } from '../laws/index.js';
import { named } from '../scenarios/catalogue-runs.js';

describe('whatever goes wrong, where linearizability is promised', () => {
  it.each([
    ['primary-backup/stormy', 40],
    ['primary-backup/semi-synchronous', 40],
    ['primary-backup/unsynced-disk', 10],
    ['primary-backup/split-brain-witness', 20],
  ])('%s: swarms of faults find nothing', (name, seeds) => {
    const scenario = { ...named(name), until: seconds(2) };
    const marks = new Map<string, number>();
    for (let seed = 1; seed <= seeds; seed++) {
      const outcome = fuzzSeed(scenario, `${seed}`, { settings: {}, both: seed % 20 === 0 });
      expect(outcome.verdict, `seed ${seed}: ${outcome.property} ${outcome.message}`).toBe('ok');
      for (const [mark, count] of Object.entries(outcome.marks)) marks.set(mark, (marks.get(mark) ?? 0) + count);
    }
    for (const mark of ['took-over', 'gave-way', 'refused-epoch', 'installed-state', 'waited-for-earlier']) {
      expect(marks.get(mark) ?? 0, mark).toBeGreaterThan(0);
    }
  });

  it('state stays bounded', () => {
    const { options, ...config } = simulationConfig(named('primary-backup/primary-crash'), { seed: '1' });
    const simulation = new Simulation({ ...config, options: { ...options, windowMax: 50 }, until: seconds(20) });
    simulation.run();
    for (const id of ['n1', 'n2', 'n3']) {
      const { durable, volatile } = simulation.node(id) as unknown as NodeView<PrimaryBackup>;
      expect(durable.replica.seq).toBeGreaterThan(100);
      expect(durable.replica.machine.data.size).toBe(3);
      expect(volatile.updates.size).toBeLessThanOrEqual(50);
      expect(volatile.waiting.length + volatile.early.size + volatile.joining.size).toBeLessThan(10);
    }
  });
});

describe('what scenarios are there to show', () => {
  it.each([
    ['primary-backup/happy-path', 'took-over', 0, 0],
    ['primary-backup/primary-crash', 'took-over', 2, 3],
    ['primary-backup/pair-fail-stop', 'took-over', 1, 1],
    ['primary-backup/split-brain-witness', 'took-over', 1, 1],
    ['primary-backup/manual-failover', 'took-over', 1, 1],
    ['primary-backup/last-copy', 'not-in-sync', 1, Infinity],
  ])('%s: %s', (name, mark, least, most) => {
    for (const seed of ['1', '2']) {
      const { result, expected } = runScenario(named(name), { seed });
      expect(expected).toBe(true);
      expect(result.marks.get(mark) ?? 0).toBeGreaterThanOrEqual(least);
      expect(result.marks.get(mark) ?? 0).toBeLessThanOrEqual(most);
    }
  });

  it('with the same cut, the witness makes the difference', () => {
    const answersOfN1 = (name: string): number => {
      const { history } = runScenario(named(name), { seed: '1' }).result;
      return history.filter(
        ({ type, node, time }) => type === 'ok' && node === 'n1' && time > 1_300_000 && time < 2_000_000,
      ).length;
    };
    expect(answersOfN1('primary-backup/split-brain')).toBeGreaterThan(0);
    expect(answersOfN1('primary-backup/split-brain-epochs')).toBeGreaterThan(0);
    expect(answersOfN1('primary-backup/split-brain-witness')).toBe(0);
  });
});

describe('experiments', () => {
  it.each([
    [switchOverGap, { runs: 12 }, 8 * 2],
    [lostWrites, { runs: 4 }, 5 * 2 + 3 + 2 * 2],
    [stalenessOfReplicas, { reads: 60 }, 3 * 4 * 3],
  ] as const)('$name measures what is predicted', (experiment, settings, comparisons) => {
    const report = experiment.run({ seed: '1', settings, progress: () => undefined });
    expect(report.comparisons).toHaveLength(comparisons);
    expect(report.comparisons.filter(({ holds }) => !holds)).toEqual([]);
    expect(report.tables.every(({ rows, columns }) => rows.every((row) => row.length === columns.length))).toBe(true);
  });
});

describe('laws', () => {
  const config = simulationConfig(named('primary-backup/stormy'), { seed: '1', trace: 'events' });
  const short = { ...config, until: ms(1500) };

  it('one digest at both speeds', () => assertSameAtBothSpeeds(short, ['1', '2']));
  it('the choices are the run', () => assertReplaysIdentically(short));
  it('nothing of the machine is needed', () => assertRunsPoisoned(short));
});

/** A cluster of bare states: a test changes them as a (wrong) protocol would. */
class States {
  private readonly views = new Map<string, NodeView<PrimaryBackup>>();
  private readonly memory: unknown;

  constructor(
    private readonly invariant: Invariant<PrimaryBackup>,
    private readonly options: Partial<PrimaryBackupOptions> = {},
  ) {
    this.memory = invariant.memory();
  }

  step(
    id: string,
    epoch: number,
    volatile: Partial<PrimaryBackupVolatile>,
    durable: Partial<PrimaryBackupDurable> = {},
  ): string | null {
    const now = { ...primaryBackup.durable(), vote: { epoch, votedFor: null }, ...durable };
    const view: NodeView<PrimaryBackup> = {
      ...{ id: nodeId(id), members: ['n1', 'n2', 'n3'].map(nodeId), up: true },
      options: { ...primaryBackup.options, ...this.options },
      durable: now,
      synced: now,
      volatile: { ...primaryBackup.volatile(), ...volatile },
    };
    this.views.set(id, view);
    const world = { now: 0, nodes: [...this.views.values()], node: (wanted: string) => this.views.get(wanted) };
    return this.invariant.afterStep(this.memory, view, world as World<PrimaryBackup>) ?? null;
  }
}

describe('each invariant can fail', () => {
  const primary = (epoch: number, seq: number): Partial<PrimaryBackupVolatile> => ({
    role: 'primary',
    tookOverFrom: { epoch, seq },
  });

  it('One Primary Per Epoch', () => {
    const states = new States(onePrimaryPerEpoch);
    expect(states.step('n1', 1, primary(1, 0))).toBeNull();
    expect(states.step('n2', 2, primary(1, 0))).toBeNull();
    expect(states.step('n2', 1, { role: 'backup' })).toBeNull();
    expect(states.step('n3', 2, primary(1, 0))).toBe('n2 and n3 are both primary in epoch 2');
  });

  it('One Primary Per Epoch is not asked where there are none', () => {
    const states = new States(onePrimaryPerEpoch, { fencing: 'none' });
    expect(states.step('n1', 1, primary(1, 0))).toBeNull();
    expect(states.step('n2', 1, primary(1, 0))).toBeNull();
  });

  it('Same State', () => {
    const states = new States(sameState);
    const at = (seq: number, value: number | readonly number[]) => ({
      replica: { epoch: 1, seq, machine: { data: new Map([['x', value]]), sessions: new Map() } },
    });
    expect(states.step('n1', 1, {}, at(COMPARED_EVERY, [1, 2]))).toBeNull();
    expect(states.step('n2', 1, {}, at(COMPARED_EVERY, [1, 2]))).toBeNull();
    expect(states.step('n3', 1, {}, at(COMPARED_EVERY - 1, 5))).toBeNull();
    expect(states.step('n3', 1, {}, at(COMPARED_EVERY, [1]))).toBe(
      `after update 1/${COMPARED_EVERY} n1 and n3 hold different values of x`,
    );
  });

  it('Acknowledged Writes Survive: who takes over has what was acknowledged before', () => {
    const states = new States(acknowledgedWritesSurvive);
    expect(states.step('n1', 1, { role: 'primary', acknowledged: { epoch: 1, seq: 5 } })).toBeNull();
    expect(states.step('n2', 2, primary(1, 5))).toBeNull();
    expect(states.step('n3', 3, primary(1, 4))).toBe(
      'n1 has acknowledged update 5 of epoch 1, and n3 became primary of epoch 3 with what there was up to update 4 of epoch 1',
    );
  });

  it('Acknowledged Writes Survive: nothing is acknowledged that a later primary has not', () => {
    const states = new States(acknowledgedWritesSurvive);
    expect(states.step('n2', 2, primary(1, 5))).toBeNull();
    const old = (seq: number) => states.step('n1', 1, { role: 'primary', acknowledged: { epoch: 1, seq } });
    expect(old(5)).toBeNull();
    expect(old(6)).toContain('n1 has acknowledged update 6 of epoch 1, and n2 became primary of epoch 2');
  });

  it('Acknowledged Writes Survive is not asked where it is not promised', () => {
    const states = new States(acknowledgedWritesSurvive, { mode: 'asynchronous' });
    expect(states.step('n1', 1, { role: 'primary', acknowledged: { epoch: 1, seq: 5 } })).toBeNull();
    expect(states.step('n2', 2, primary(1, 0))).toBeNull();
  });
});

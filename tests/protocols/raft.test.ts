import { describe, expect, it } from 'vitest';
import { kv, linearizable } from '../../checkers/index.js';
import { ms, seconds, Simulation, type Fault, type RunResult, type SimulationConfig } from '../../engine/index.js';
import { raft, type RaftDurable } from '../../protocols/raft/protocol.js';

const READ_WRITE_CAS = [{ request: 'read', weight: 2 }, { request: 'write', weight: 2 }, { request: 'cas' }];

function config(seed: string, changes: Partial<SimulationConfig> = {}): SimulationConfig {
  return {
    protocol: raft,
    nodes: 5,
    seed,
    until: seconds(6),
    network: { latency: { uniform: [ms(1), ms(10)] }, loss: 0.02, duplicate: 0.03 },
    clients: { count: 4, keys: 2, operations: READ_WRITE_CAS, think: { exponential: { mean: ms(50) } }, retry: true },
    ...changes,
  };
}

function run(given: SimulationConfig): RunResult {
  const result = new Simulation(given).run();
  expect(result.violations).toEqual([]);
  expect(result.ending).toBe('finished');
  expect(linearizable(result.history, kv).verdict).toBe('ok');
  return result;
}

const answered = (result: RunResult): number => result.history.filter(({ type }) => type === 'ok').length;

const stormy: readonly Fault[] = [
  { do: 'crash', whom: 'leader', at: ms(700), for: ms(400), times: 3, every: ms(1_300) },
  { do: 'partition', shape: { isolate: { role: 'leader' } }, at: ms(1_200), for: ms(500), times: 2, every: ms(2_000) },
  { do: 'partition', shape: { halves: true }, at: ms(1_900), for: ms(400) },
  { do: 'pause', whom: 'leader', at: ms(2_600), for: ms(500) },
  { do: 'link', from: { random: 1 }, rule: { latency: { uniform: [ms(50), ms(400)] } }, at: ms(3_000), for: ms(800) },
  { do: 'crash', whom: 'all', at: ms(4_000), for: ms(200) },
];

describe('Raft in a simulation', () => {
  it('elects a leader and answers its clients', () => {
    const result = run(config('1', { network: {} }));
    expect(result.marks.get('became-leader')).toBe(1);
    expect(answered(result)).toBeGreaterThan(200);
  });

  it('stays safe and comes back, whatever the faults', () => {
    const reached = new Map<string, number>();
    for (const seed of ['1', '2', '3', '4', '5', '6', '7', '8']) {
      const result = run(
        config(seed, {
          faults: stormy,
          options: { snapshotAfter: 20, preVote: Number(seed) % 2 === 0, checkQuorum: Number(seed) % 3 === 0 },
          ...(Number(seed) % 2 === 0 ? { disk: { syncLatency: { uniform: [ms(0.2), ms(5)] }, torn: 0.5 } } : {}),
        }),
      );
      for (const [mark, count] of result.marks) reached.set(mark, (reached.get(mark) ?? 0) + count);
      const afterFaults = result.history.filter(({ type, time }) => type === 'ok' && time > ms(5_200));
      expect(afterFaults.length).toBeGreaterThan(10);
    }
    for (const mark of [
      'became-leader',
      'became-candidate',
      'became-pre-candidate',
      'stepped-down',
      'vote-granted',
      'rejected-vote',
      'rejected-pre-vote',
      'truncated-log',
      'update-overwritten',
      'compacted-log',
      'installed-snapshot',
      'retried-session-request',
      'read-index-served',
      'commit-blocked-by-old-term',
      'refused-append',
    ]) {
      expect(reached.get(mark) ?? 0, mark).toBeGreaterThan(0);
    }
  });

  it('both speeds give the same digest', () => {
    const given = config('9', { until: seconds(3), faults: stormy, options: { snapshotAfter: 20, readMode: 'lease' } });
    const direct = new Simulation({ ...given, speed: 'direct' }).run();
    const recorded = new Simulation({ ...given, speed: 'recorded' }).run();
    expect(recorded.digest).toBe(direct.digest);
    expect(direct.marks.get('installed-snapshot')).toBeGreaterThan(0);
  });

  it('lists outlive crashes, snapshots and slow disks', () => {
    const faults: Fault[] = [{ do: 'crash', whom: { random: 1 }, at: ms(700), for: ms(300), times: 6, every: ms(800) }];
    const disk = { syncLatency: { uniform: [ms(0.2), ms(5)] as const }, torn: 0.5 };
    const operations = [{ request: 'read' }, { request: 'append' }];
    const clients = { count: 4, keys: 2, operations, think: { exponential: { mean: ms(50) } }, retry: true };
    const result = run(config('5', { nodes: 3, disk, faults, clients, options: { snapshotAfter: 10 } }));
    expect(result.marks.get('installed-snapshot')).toBeGreaterThan(0);
  });

  it('the log stays short', () => {
    const simulation = new Simulation(config('1', { options: { snapshotAfter: 50 }, network: {} }));
    const result = simulation.run();
    expect(result.marks.get('compacted-log')).toBeGreaterThan(10);
    for (const node of ['n1', 'n2', 'n3', 'n4', 'n5']) {
      const { log, snapshot } = simulation.node(node)?.durable as RaftDurable;
      expect(log.length).toBeLessThan(80);
      expect(snapshot?.lastIncludedIndex).toBeGreaterThan(50);
    }
  });
});

describe('leader leases', () => {
  /** The leader is cut off; its lease must have run out before another one answers. */
  const cutOff = (driftPpm: number): SimulationConfig =>
    config('1', {
      nodes: 3,
      network: { latency: { uniform: [ms(1), ms(2)] } },
      options: { readMode: 'lease', leaseDriftMax: 0.01 },
      nodeOptions: {
        n1: { electionTimeoutMsMin: 150, electionTimeoutMsMax: 150 },
        n2: { electionTimeoutMsMin: 150, electionTimeoutMsMax: 155 },
        n3: { electionTimeoutMsMin: 150, electionTimeoutMsMax: 60_000 },
      },
      clients: { count: 0, operations: [] },
      script: [
        ...Array.from({ length: 200 }, (_, i) => ({
          at: ms(300 + i),
          client: 'c1',
          request: 'write',
          args: { key: 'x', value: i },
          target: 'n2',
        })),
        ...Array.from({ length: 400 }, (_, i) => ({
          at: ms(300 + i),
          client: `c${2 + (i % 40)}`,
          request: 'read',
          args: { key: 'x' },
          target: 'n1',
        })),
      ],
      faults: [
        { do: 'clock', whom: 'n1', driftPpm: -driftPpm, at: ms(220) },
        { do: 'clock', whom: ['n2', 'n3'], driftPpm, at: ms(220) },
        { do: 'partition', shape: { isolate: 'n1' }, at: ms(290), for: ms(900) },
      ],
      until: seconds(2),
    });

  it('hold while clocks drift no more than is said', () => {
    const result = run(cutOff(10_000));
    expect(result.marks.get('lease-read-served')).toBeGreaterThan(10);
  });

  it('do not hold where clocks drift more: the assumption is needed', () => {
    const { history, violations } = new Simulation(cutOff(300_000)).run();
    expect(violations).toEqual([]);
    expect(linearizable(history, kv).verdict).toBe('violation');
  });
});

describe('a damaged disk', () => {
  it('stops the node, and the others go on', () => {
    const result = run(
      config('3', {
        disk: {},
        faults: [
          { do: 'disk', whom: 'n3', how: 'corrupt', at: ms(1_000) },
          { do: 'crash', whom: 'n3', at: ms(1_500), for: ms(100) },
        ],
      }),
    );
    expect(answered(result)).toBeGreaterThan(200);
  });
});

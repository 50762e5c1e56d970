import {
  consistency,
  CONSISTENCY_LEVELS,
  ISOLATION_LEVELS,
  kv,
  transactions as isolation,
  type ConsistencyLevel,
  type IsolationLevel,
} from '../../../checkers/index.js';
import { Digest, ms, seconds, Simulation, type SimulationConfig } from '../../../engine/index.js';
import { transactions } from '../../../protocols/transactions/protocol.js';
import { capStores } from '../../cap/store.js';
import { defineExperiment, type Table } from '../../experiment.js';
import { mixed, skewed } from '../transactions/workload.js';

type Verdicts = ReadonlyMap<string, 'ok' | 'violation' | 'undecided'>;

interface Column {
  readonly name: string;
  /** What one run of the store showed of each level. */
  readonly judge: (seed: string) => { readonly verdicts: Verdicts; readonly digest: string; readonly events: number };
}

const SINGLE: readonly (readonly [name: string, protocol: string, configuration: string])[] = [
  ['raft', 'raft', 'reads by ReadIndex'],
  ['abd', 'abd', 'majorities'],
  ['quorum R=W=1', 'quorum', 'R = 1, W = 1'],
  ['async replicas', 'primary-backup', 'asynchronous, manual failover, reads by any replica'],
];

const ISOLATED: readonly (readonly [name: string, options: Readonly<Record<string, unknown>>])[] = [
  ['two-phase locking', {}],
  ['snapshots', { concurrency: 'snapshot' }],
  ['optimistic', { concurrency: 'optimistic' }],
  ['read committed', { level: 'read-committed', rollbackChance: 0.2 }],
];

const KEYS = ['x', 'y'];
const NODES = ['n1', 'n2', 'n3'];

/** Clients of all nodes; for a while one node is cut off; in the end, somebody asks every node for every key. */
function singleStore([name, protocol, configuration]: (typeof SINGLE)[number]): Column {
  const store = capStores.find((one) => one.protocol.name === protocol && one.configuration === configuration)!;
  const config = (seed: string): SimulationConfig => ({
    protocol: store.protocol,
    nodes: NODES.length,
    options: store.options(NODES.length),
    seed,
    network: { latency: { uniform: [ms(1), ms(20)] } },
    clients: {
      count: 6,
      keys: KEYS.length,
      operations: [{ request: 'read', weight: 3 }, { request: 'write' }],
      think: { exponential: { mean: ms(20) } },
      target: 'random',
      timeout: ms(300),
      start: seconds(1),
      stop: seconds(3),
    },
    faults: [{ do: 'partition', shape: { groups: [['n1'], ['n2', 'n3']] }, at: ms(1_800), for: ms(600) }],
    script: NODES.flatMap((target, n) =>
      KEYS.map((key, k) => ({
        at: seconds(6) + ms(500 * k),
        client: `c${7 + n}`,
        target,
        request: 'read',
        args: { key },
      })),
    ),
    until: seconds(8),
    continueAfterViolation: true,
  });
  return {
    name,
    judge(seed) {
      const { history, digest, events } = new Simulation(config(seed)).run();
      const { levels } = consistency(history, kv, { evidence: false });
      return { verdicts: new Map(levels.map(({ level, verdict }) => [level, verdict])), digest, events };
    },
  };
}

function isolatedStore([name, options]: (typeof ISOLATED)[number]): Column {
  const config = (seed: string): SimulationConfig => ({
    protocol: transactions,
    nodes: 1,
    options,
    seed,
    clients: {
      count: 6,
      operations: [...mixed, ...skewed].map((steps) => ({ request: 'txn', args: steps.map((step) => [...step]) })),
      think: { exponential: { mean: ms(10) } },
      timeout: seconds(3),
      stop: seconds(3),
    },
    until: seconds(6),
  });
  return {
    name,
    judge(seed) {
      const { history, digest, events } = new Simulation(config(seed)).run();
      const { levels } = isolation(history, { consistency: 'all' });
      return { verdicts: new Map(levels.map(({ level, verdict }) => [level, verdict])), digest, events };
    },
  };
}

/** Broken in one run is broken; what no run broke, and some could tell of, holds as far as this shows. */
function cell(level: string, judged: readonly Verdicts[]): string {
  const verdicts = judged.map((one) => one.get(level));
  return verdicts.includes('violation') ? '✗' : verdicts.includes('ok') ? '✓' : '?';
}

/** The whole spectrum for stores that differ: which levels their histories keep. */
export const spectrum = defineExperiment({
  name: 'compare/spectrum',
  summary:
    'Every level of consistency and of isolation, for four stores each: what their histories keep and what they break.',
  teaches:
    'What a store promises shows where its column turns from ✗ to ✓. Levels are no line: a store with stale reads may be causal, ' +
    'and snapshot isolation and repeatable read each allow what the other forbids.',
  protocol: transactions,
  source: 'docs/checkers-consistency.md, docs/checkers-transactions.md',
  settings: { seeds: { default: 8, summary: 'runs of each store' } },
  run({ seed, settings, progress }) {
    const seeds = Array.from({ length: settings['seeds']! }, (_, n) => `${seed}/${n}`);
    const digest = new Digest();
    let runs = 0;
    let events = 0;
    const table = (title: string, columns: readonly Column[], levels: readonly string[]): Table => {
      const judged = columns.map((column) =>
        seeds.map((one) => {
          const { verdicts, ...run } = column.judge(one);
          digest.text(run.digest);
          events += run.events;
          progress(++runs / (8 * seeds.length));
          return verdicts;
        }),
      );
      return {
        title,
        columns: ['level', ...columns.map(({ name }) => name)],
        rows: levels.map((level) => [level, ...judged.map((verdicts) => cell(level, verdicts))]),
      };
    };
    const single: readonly ConsistencyLevel[] = CONSISTENCY_LEVELS.filter((level) => level !== 'bounded-staleness');
    const isolated: readonly IsolationLevel[] = [...ISOLATION_LEVELS].reverse();
    const tables = [
      table('single operations: 3 nodes, one of them cut off for 600 ms', SINGLE.map(singleStore), single),
      table('transactions: one node, six clients', ISOLATED.map(isolatedStore), isolated),
    ];
    return {
      tables,
      comparisons: [],
      notes: [`${seeds.length} runs of each: ✗ one of them broke it, ✓ none did, ? none could tell`],
      digest: digest.toString(),
      runs,
      events,
    };
  },
});

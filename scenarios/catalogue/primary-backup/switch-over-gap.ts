import {
  Choices,
  ms,
  seconds,
  type ClientsConfig,
  type Micros,
  type RunResult,
  type SimulationConfig,
} from '../../../engine/index.js';
import { primaryBackup, type PrimaryBackupOptions } from '../../../protocols/primary-backup/protocol.js';
import {
  compare,
  defineExperiment,
  type Comparison,
  type ExperimentContext,
  type ExperimentReport,
} from '../../experiment.js';
import { Z_9999 } from '../binomial.js';
import { Bench, Mean } from '../measure.js';

/** The active site fails, the passive one takes over. All in milliseconds. */
interface Case {
  readonly witness: boolean;
  /** τ: how often the primary makes itself heard. */
  readonly heartbeatMs: number;
  /** δ: messages are taken to arrive within this time. */
  readonly boundMs: number;
  /** d: how long they really take between sites. */
  readonly delayMs: number;
}

const CASES: readonly Case[] = [false, true].flatMap((witness) => [
  { witness, heartbeatMs: 20, boundMs: 10, delayMs: 5 },
  { witness, heartbeatMs: 100, boundMs: 10, delayMs: 5 },
  { witness, heartbeatMs: 100, boundMs: 60, delayMs: 40 },
  { witness, heartbeatMs: 500, boundMs: 60, delayMs: 40 },
]);

interface Gaps {
  /** From the crash until another node is primary, where nobody asks for anything. */
  readonly idle: Mean;
  longestMs: number;
  /** The same under load, and from the last answer before until the first one after. */
  readonly busy: Mean;
  readonly clients: Mean;
}

function configOf(one: Case): Omit<SimulationConfig, 'seed'> {
  const timeout = one.heartbeatMs + one.boundMs;
  const options: Partial<PrimaryBackupOptions> = {
    heartbeatMs: one.heartbeatMs,
    electionTimeoutMsMin: timeout,
    electionTimeoutMsMax: timeout,
    ...(one.witness ? { witnesses: ['w1'] } : { fencing: 'none' }),
  };
  return {
    protocol: primaryBackup,
    nodes: one.witness ? ['n1', 'n2', 'w1'] : ['n1', 'n2'],
    options,
    network: { latency: { constant: ms(one.delayMs) } },
    clocks: { offsetMax: 0, driftPpmMax: 0 },
    until: seconds(4),
    trace: 'events',
  };
}

function clientsOf({ delayMs }: Case): ClientsConfig {
  return {
    ...{ count: 10, operations: [{ request: 'write' }], think: { constant: ms(2) }, start: seconds(1) },
    ...{ retry: true, attemptTimeout: ms(6 * delayMs + 10), timeout: seconds(5) },
  };
}

function measure(bench: Bench, one: Case, runs: number, seed: string): Gaps {
  const gaps: Gaps = { idle: new Mean(), longestMs: 0, busy: new Mean(), clients: new Mean() };
  const label = `${seed} ${JSON.stringify(one)}`;
  const choices = new Choices(label);
  const stream = choices.stream('crash', '', 0);
  for (let i = 0; i < runs; i++) {
    const crashAt = seconds(2) + Math.floor(choices.draw(stream) * ms(one.heartbeatMs));
    const config = {
      ...configOf(one),
      faults: [{ do: 'crash', whom: 'n1', at: crashAt }] as const,
      seed: `${label} ${i}`,
    };
    const idleMs = (tookOverAt(bench.run(config).result) - crashAt) / 1_000;
    gaps.idle.add(idleMs);
    gaps.longestMs = Math.max(gaps.longestMs, idleMs);
    // Load costs a hundred times as many events.
    if (i % BUSY_EVERY !== 0) continue;
    const { result } = bench.run({ ...config, clients: clientsOf(one) });
    gaps.busy.add((tookOverAt(result) - crashAt) / 1_000);
    const answers = result.history.filter(({ type }) => type === 'ok');
    const after = answers.findIndex(({ node }) => node === 'n2');
    gaps.clients.add((answers[after]!.time - answers[after - 1]!.time) / 1_000);
  }
  return gaps;
}

const BUSY_EVERY = 10;

function tookOverAt({ trace }: RunResult): Micros {
  for (const { kind, name, time } of trace!.events()) if (kind === 'mark' && name === 'took-over') return time;
  throw new Error('nobody took over');
}

/** Two round trips: for votes, and for the record of who is in sync. */
function votingMs({ witness, delayMs }: Case): number {
  return witness ? 4 * delayMs : 0;
}

/** The crash comes at any moment between two heartbeats; the last one has arrived d later, and τ + δ after that it is missed. */
function expectedMs(one: Case): number {
  return one.delayMs + one.boundMs + one.heartbeatMs / 2 + votingMs(one);
}

function boundOf(one: Case): number {
  return one.heartbeatMs + 2 * one.boundMs + votingMs(one);
}

function comparisonsOf(one: Case, { idle, longestMs }: Gaps): Comparison[] {
  const { witness, heartbeatMs, boundMs, delayMs } = one;
  const what = `${witness ? 'with' : 'without'} witness, τ = ${heartbeatMs}, δ = ${boundMs}, d = ${delayMs} ms`;
  const most = boundOf(one);
  // Uniform over an interval of τ.
  const tolerance = (Z_9999 * heartbeatMs) / Math.sqrt(12 * idle.count);
  return [
    compare(`mean gap, ${what}`, idle.mean, expectedMs(one), tolerance, 'ms'),
    {
      ...{ name: `longest gap, ${what}`, measured: longestMs, expected: most },
      ...{ from: 0, to: most, unit: 'ms', holds: longestMs <= most },
    },
  ];
}

function run({ seed, settings, progress }: ExperimentContext): ExperimentReport {
  const runs = settings['runs']!;
  const bench = new Bench();
  const all = CASES.map((one, i) => {
    const gaps = measure(bench, one, runs, seed);
    progress((i + 1) / CASES.length);
    return { one, gaps };
  });
  return {
    tables: [
      {
        title: 'From the crash of the primary to the next one, in ms',
        columns: [
          'witness',
          'τ',
          'δ',
          'd',
          'mean gap',
          'predicted',
          'longest',
          'bound',
          'under load',
          'seen by clients',
        ],
        rows: all.map(({ one, gaps }) => [
          one.witness ? 'yes' : 'no',
          ...[one.heartbeatMs, one.boundMs, one.delayMs],
          ...[gaps.idle.tell(1), expectedMs(one).toFixed(1), gaps.longestMs.toFixed(1), boundOf(one)],
          ...[gaps.busy.tell(1), gaps.clients.tell(1)],
        ]),
      },
    ],
    comparisons: all.flatMap(({ one, gaps }) => comparisonsOf(one, gaps)),
    notes: [
      `${runs} crashes for each case, at any moment between two heartbeats. Silence for τ + δ is taken for a crash; a message takes d.`,
      'Predicted: d + δ + τ/2, and with a witness 4d for votes and record. Bound: τ + 2δ, and the same 4d.',
      'Under load copies count as heartbeats: silence begins with the crash, and the gap is close to the bound. Clients wait longer still: they must notice that nobody answers, and find the new primary.',
    ],
    digest: bench.digest.toString(),
    runs: bench.runs,
    events: bench.events,
  };
}

export const switchOverGap = defineExperiment({
  name: 'primary-backup/switch-over-gap',
  summary:
    'How long there is no primary when the active site fails, by heartbeat, bound and distance, with and without witness.',
  teaches:
    'The gap is what the failure detector waits, whatever the sites are like. A shorter wait is bought with a bound on delays that is ' +
    'wrong more often; a witness makes being wrong harmless, for two round trips.',
  protocol: primaryBackup,
  source: 'Budhiraja, Marzullo, Schneider, Toueg 1993: the failover time of the simple protocol is τ + 2δ',
  settings: { runs: { default: 200, summary: 'Crashes for each case' } },
  run,
});

import { Choices, exp, ms, seconds, type NodeView, type SimulationConfig } from '../../../engine/index.js';
import {
  primaryBackup,
  type PrimaryBackup,
  type PrimaryBackupOptions,
} from '../../../protocols/primary-backup/protocol.js';
import {
  compare,
  defineExperiment,
  type Comparison,
  type ExperimentContext,
  type ExperimentReport,
} from '../../experiment.js';
import { compareFrequency, percent, Z_9999 } from '../binomial.js';
import { Bench, exactly, Mean } from '../measure.js';

const WRITES_PER_SECOND = 200;
const DELAYS_MS = [10, 25, 50, 100, 200];
const CUTS_MS = [100, 300, 1_000];
const OTHER_MODES = ['synchronous', 'semi-synchronous'] as const;
const LATENCY_MS = 2;

interface Losses {
  /** Acknowledged to clients, and not with the next primary. */
  readonly lost: Mean;
  /** In how many runs any was. */
  hit: number;
}

/** Clients write to n1 only, as fast as they like, and it is counted what n1 has acknowledged and n2 does not have in the end. */
function lostIn(bench: Bench, config: Pick<SimulationConfig, 'options' | 'faults' | 'nodes'>, seed: string): number {
  const { result, simulation } = bench.run({
    ...config,
    protocol: primaryBackup,
    seed,
    network: { latency: { constant: ms(LATENCY_MS) } },
    clocks: { offsetMax: 0, driftPpmMax: 0 },
    clients: {
      ...{ count: 20, operations: [{ request: 'write' }], keys: 3, stop: ms(2_300) },
      ...{ rate: WRITES_PER_SECOND, target: { nodes: 'n1' }, timeout: ms(500) },
    },
    until: ms(2_500),
    // A second primary is what this is about.
    continueAfterViolation: true,
  });
  const { seq } = (simulation.node('n2') as unknown as NodeView<PrimaryBackup>).durable.replica;
  const acknowledged = result.history.filter(({ type, node }) => type === 'ok' && node === 'n1').length;
  // n2 has the first ones, in the order of n1; of what n1 did without acknowledging it, n2 may have more.
  return Math.max(0, acknowledged - seq);
}

const asynchronous: Partial<PrimaryBackupOptions> = { mode: 'asynchronous', witnesses: ['w1'] };
const nodes = ['n1', 'n2', 'w1'];

function afterCrash(bench: Bench, options: Partial<PrimaryBackupOptions>, runs: number, seed: string): Losses {
  const losses: Losses = { lost: new Mean(), hit: 0 };
  const choices = new Choices(seed);
  const stream = choices.stream('crash', '', 0);
  for (let i = 0; i < runs; i++) {
    const at = seconds(1) + Math.floor(choices.draw(stream) * ms(200));
    add(losses, lostIn(bench, { nodes, options, faults: [{ do: 'crash', whom: 'n1', at }] }, `${seed} ${i}`));
  }
  return losses;
}

/** n1 is cut off from n2, and clients go on writing through it until it hears that there is another primary. */
function afterCut(
  bench: Bench,
  cutMs: number,
  options: Partial<PrimaryBackupOptions>,
  runs: number,
  seed: string,
): Losses {
  const losses: Losses = { lost: new Mean(), hit: 0 };
  for (let i = 0; i < runs; i++) {
    const faults = [{ do: 'partition', shape: { isolate: 'n1' }, at: seconds(1), for: ms(cutMs) }] as const;
    add(losses, lostIn(bench, { nodes, options, faults }, `${seed} ${cutMs} ${i}`));
  }
  return losses;
}

function add(losses: Losses, lost: number): void {
  losses.lost.add(lost);
  if (lost > 0) losses.hit += 1;
}

interface Part {
  readonly rows: readonly (readonly (string | number)[])[];
  readonly comparisons: readonly Comparison[];
}

function crashes(bench: Bench, runs: number, seed: string, tick: () => void): Part {
  const comparisons: Comparison[] = [];
  const rows = DELAYS_MS.map((copyDelayMs) => {
    const { lost, hit } = afterCrash(bench, { ...asynchronous, copyDelayMs }, runs, `${seed} crash ${copyDelayMs}`);
    const expected = (WRITES_PER_SECOND * copyDelayMs) / 1_000;
    // Arrivals are a Poisson process: variance and mean are the same.
    const tolerance = Z_9999 * Math.sqrt(expected / runs);
    const any = 1 - exp(-expected);
    comparisons.push(
      compare(`lost in a crash, copies ${copyDelayMs} ms late`, lost.mean, expected, tolerance, 'writes'),
      compareFrequency(`any lost, copies ${copyDelayMs} ms late`, hit, runs, any),
    );
    tick();
    return [copyDelayMs, lost.tell(), expected.toFixed(1), percent(hit / runs), percent(any)];
  });
  return { rows, comparisons };
}

function cuts(bench: Bench, runs: number, seed: string, tick: () => void): Part {
  const comparisons: Comparison[] = [];
  const rows = CUTS_MS.map((cutMs) => {
    const { lost } = afterCut(bench, cutMs, asynchronous, runs, `${seed} cut`);
    comparisons.push(compareCut(cutMs, lost.mean, runs));
    tick();
    return [cutMs, lost.tell(), ((WRITES_PER_SECOND * cutMs) / 1_000).toFixed(0)];
  });
  return { rows, comparisons };
}

function otherModes(bench: Bench, runs: number, seed: string, tick: () => void): Part {
  const comparisons: Comparison[] = [];
  const rows = OTHER_MODES.map((mode) => {
    const options: Partial<PrimaryBackupOptions> = { mode, witnesses: ['w1'] };
    const crash = afterCrash(bench, options, runs, `${seed} ${mode}`).lost.mean;
    const cut = afterCut(bench, 1_000, options, runs, `${seed} ${mode}`).lost.mean;
    comparisons.push(
      exactly(`lost in a crash, ${mode}`, crash, 0, 'writes'),
      exactly(`lost in a cut of a second, ${mode}`, cut, 0, 'writes'),
    );
    tick();
    return [mode, crash, cut, 0];
  });
  return { rows, comparisons };
}

function run({ seed, settings, progress }: ExperimentContext): ExperimentReport {
  const runs = settings['runs']!;
  const bench = new Bench();
  const total = DELAYS_MS.length + CUTS_MS.length + OTHER_MODES.length;
  let done = 0;
  const tick = (): void => progress(++done / total);
  const [crashed, cut, others] = [crashes, cuts, otherModes].map((part) => part(bench, runs, seed, tick)) as [
    Part,
    Part,
    Part,
  ];
  return {
    tables: [
      {
        title: `Asynchronous copies, the primary crashes: acknowledged writes lost, at ${WRITES_PER_SECOND} a second`,
        columns: ['copies late by, ms', 'lost', 'predicted', 'runs that lost any', 'predicted'],
        rows: crashed.rows,
      },
      {
        title: 'Asynchronous copies at once, the primary is cut off, and heals',
        columns: ['cut for, ms', 'lost', 'acknowledged by the old primary meanwhile, about'],
        rows: cut.rows,
      },
      {
        title: 'The other modes, one backup and a witness',
        columns: ['mode', 'lost in a crash', 'in a cut of 1 s', 'predicted'],
        rows: others.rows,
      },
    ],
    comparisons: [crashed, cut, others].flatMap(({ comparisons }) => comparisons),
    notes: [
      `${runs} runs for each figure. Writes come at random (a Poisson process), so that λ · delay of them are acknowledged and not yet copied at any moment.`,
      'A cut shorter than the time-out loses nothing: the primary copies again what got lost. A longer one loses all that the old primary acknowledges until it hears of the new one, λ · cut, whatever the delay of copies.',
    ],
    digest: bench.digest.toString(),
    runs: bench.runs,
    events: bench.events,
  };
}

/**
 * A cut below the shortest time-out loses nothing. A longer one loses what was acknowledged from its beginning (copies that were
 * on their way then are lost too) until the old primary is told, which its next heartbeat brings about.
 */
function compareCut(cutMs: number, mean: number, runs: number): Comparison {
  const name = `lost in a cut of ${cutMs} ms`;
  if (cutMs < primaryBackup.options.electionTimeoutMsMin) return exactly(name, mean, 0, 'writes');
  const least = (WRITES_PER_SECOND * cutMs) / 1_000;
  const most = (WRITES_PER_SECOND * (cutMs + primaryBackup.options.heartbeatMs + 4 * LATENCY_MS)) / 1_000;
  const margin = Z_9999 * Math.sqrt(most / runs);
  const [from, to] = [least - margin, most + margin];
  const holds = mean >= from && mean <= to;
  return { name, measured: mean, expected: (least + most) / 2, from, to, unit: 'writes', holds };
}

export const lostWrites = defineExperiment({
  name: 'primary-backup/lost-writes',
  summary:
    'How many acknowledged writes are lost at a failover, by how late copies are, and by how long the primary is cut off.',
  teaches:
    'With asynchronous copies the loss is the rate of writes times the delay, in every crash. No failure detector, vote or epoch makes ' +
    'it smaller; only waiting for a copy does.',
  protocol: primaryBackup,
  source: 'Redis Sentinel’s documentation on lost writes; arrivals of a Poisson process',
  settings: { runs: { default: 100, summary: 'Runs for each figure' } },
  run,
});

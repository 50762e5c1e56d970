import {
  ms,
  seconds,
  type AnyProtocol,
  type HistoryEvent,
  type Micros,
  type SimulationConfig,
} from '../../../engine/index.js';
import { quorum } from '../../../protocols/quorum/protocol.js';
import {
  compare,
  defineExperiment,
  type Comparison,
  type ExperimentContext,
  type ExperimentReport,
} from '../../experiment.js';
import { quantile } from '../../summary.js';
import { frequencyInterval, percent } from '../binomial.js';
import { Bench } from '../measure.js';
import { LNKD_DISK, LNKD_SSD, modelVisibility, type LatencyLegs } from './latency-legs.js';

/** What is measured, and what the paper says: times in ms, latencies and t at 99.9 %. */
export interface PbsSetting {
  readonly name: string;
  readonly legs: LatencyLegs;
  readonly r: number;
  readonly w: number;
  /** Times after the acknowledgement at which a read begins, rising. */
  readonly ts: readonly number[];
  readonly published: {
    readonly read: number;
    readonly write: number;
    readonly t: number;
    readonly atOnce: number | null;
  };
}

const SSD_TS = [0, 0.25, 0.5, 1, 1.85, 2.5];
const DISK_TS = [0, 2, 5, 10, 20, 45.5, 80];

export const PBS_SETTINGS: readonly PbsSetting[] = [
  {
    ...{ name: 'LNKD-SSD R=1 W=1', legs: LNKD_SSD, r: 1, w: 1, ts: SSD_TS },
    published: { read: 0.66, write: 0.66, t: 1.85, atOnce: 0.974 },
  },
  {
    ...{ name: 'LNKD-SSD R=2 W=2', legs: LNKD_SSD, r: 2, w: 2, ts: [0, 0.25, 0.5] },
    published: { read: 1.62, write: 1.64, t: 0, atOnce: 1 },
  },
  {
    ...{ name: 'LNKD-DISK R=1 W=1', legs: LNKD_DISK, r: 1, w: 1, ts: DISK_TS },
    published: { read: 0.66, write: 10.99, t: 45.5, atOnce: 0.439 },
  },
  {
    ...{ name: 'LNKD-DISK R=1 W=2', legs: LNKD_DISK, r: 1, w: 2, ts: [0, 2, 5, 10, 20, 43.3, 80] },
    published: { read: 0.65, write: 20.97, t: 43.3, atOnce: null },
  },
];

const N = 3;
/** The points of the paper’s curves come from so many samples. */
const PUBLISHED_SAMPLES = 50_000;
const MODEL_SAMPLES = 100_000;
const BATCH = 500;
const WRITE_EVERY: Micros = ms(1);
const CLIENTS = 2_000;
/** Nobody is ever taken for down, and nothing is given up. */
const NEVER_MS = 600_000;

/** The protocol as it is; its invariants are judged elsewhere, and here there are millions of steps. */
const measured: AnyProtocol = { ...quorum, invariants: [] };

interface Counts {
  readonly setting: PbsSetting;
  /** For each t: reads that found the write. */
  readonly found: number[];
  writes: number;
  /** In microseconds. */
  readonly readLatencies: Micros[];
  readonly writeLatencies: Micros[];
}

type Script = NonNullable<SimulationConfig['script']>[number];

/** n1 coordinates and keeps nothing, as in the model: all replicas are as far as the legs say. */
function configOf({ legs, r, w }: PbsSetting, seed: string, script: readonly Script[]): SimulationConfig {
  return {
    protocol: measured,
    nodes: N + 1,
    seed,
    options: {
      ...{
        n: N,
        r,
        w,
        ring: ['n2', 'n3', 'n4'],
        readRepair: false,
        hintedHandoff: false,
        antiEntropyMs: 0,
        handoffMs: 0,
      },
      ...{ replicaTimeoutMs: NEVER_MS, requestTimeoutMs: NEVER_MS },
    },
    clocks: { offsetMax: 0, driftPpmMax: 0 },
    network: {
      latency: { constant: 0 },
      links: [
        { types: ['Replicate'], latency: legs.w },
        { types: ['Replicated'], latency: legs.a },
        { types: ['Fetch'], latency: legs.r },
        { types: ['Fetched'], latency: legs.s },
      ],
    },
    clients: { count: CLIENTS, operations: [], timeout: ms(NEVER_MS) },
    script,
    until: seconds(60),
  };
}

/**
 * A batch runs twice with the same seed. The first run, of writes alone, tells when each is acknowledged. The second has reads
 * in addition, so long after it; they change nothing for the writes, as every message has its own latency, come what may.
 */
function measureBatch(bench: Bench, counts: Counts, seed: string): void {
  const { setting } = counts;
  const writes = Array.from({ length: BATCH }, (_, i): Script => ({
    ...{ at: (i + 1) * WRITE_EVERY, client: `c${i + 1}`, request: 'write', target: 'n1' },
    args: { key: `k${i}`, value: i },
  }));
  const done = acknowledgements(bench.run(configOf(setting, seed, writes)).result.history);
  const reads = writes.flatMap((_, i) =>
    setting.ts.map((t, j): Script => ({
      ...{ at: done[i]! + ms(t), client: `c${readerOf(i, j)}`, request: 'read', target: 'n1' },
      args: { key: `k${i}` },
    })),
  );
  const { history } = bench.run(configOf(setting, seed, [...writes, ...reads])).result;
  if (acknowledgements(history).some((time, i) => time !== done[i])) throw new Error('reads have changed the writes');
  tally(counts, history, done);
}

/** A client of its own for each read that may be under way at the same time. */
function readerOf(i: number, j: number): number {
  return BATCH + 1 + ((i * 8 + j) % (CLIENTS - BATCH));
}

/** When the write of each key was acknowledged. */
function acknowledgements(history: readonly HistoryEvent[]): Micros[] {
  const times: Micros[] = [];
  for (const { f, type, key, time } of history) {
    if (f === 'write' && type === 'ok') times[Number(String(key).slice(1))] = time;
  }
  return times;
}

function tally(counts: Counts, history: readonly HistoryEvent[], done: readonly Micros[]): void {
  const begun = new Map<HistoryEvent['process'], Micros>();
  for (const { f, type, key, time, process, value } of history) {
    if (type === 'invoke') {
      begun.set(process, time);
      continue;
    }
    const start = begun.get(process)!;
    if (f === 'write') {
      counts.writes++;
      counts.writeLatencies.push(time - start);
    } else {
      counts.readLatencies.push(time - start);
      const at = counts.setting.ts.findIndex((t) => done[Number(String(key).slice(1))]! + ms(t) === start);
      if (at < 0) throw new Error(`a read of ${String(key)} began at ${start}, when none should`);
      if (value !== null) counts.found[at]!++;
    }
  }
}

/** Published figures come from samples too, and are rounded: both widen the interval around them. */
function atOnce({ setting, found, writes }: Counts): Comparison[] {
  const { atOnce: published } = setting.published;
  if (published === null) return [];
  const share = found[0]! / writes;
  const ours = frequencyInterval(published, writes);
  const theirs = frequencyInterval(published, PUBLISHED_SAMPLES);
  const from = ours.from + theirs.from - published - 0.0005;
  const to = Math.min(1, ours.to + theirs.to - published + 0.0005);
  const name = `${setting.name}: reads at once that find the write, as published`;
  return [{ name, measured: share, expected: published, from, to, unit: '', holds: share >= from && share <= to }];
}

/** What the model says without any protocol, at every t. */
function againstModel({ setting, found, writes }: Counts, model: readonly number[]): Comparison[] {
  return setting.ts.map((t, i) => {
    const expected = model[i]!;
    const ours = frequencyInterval(expected, writes);
    const theirs = frequencyInterval(expected, MODEL_SAMPLES);
    const [from, to] = [ours.from + theirs.from - expected, ours.to + theirs.to - expected];
    const share = found[i]! / writes;
    const name = `${setting.name}: reads ${t} ms later that find the write, as by the model`;
    return { name, measured: share, expected, from, to, unit: '', holds: share >= from && share <= to };
  });
}

/** A published quantile, as what it says: one in a thousand is slower. */
function slower(what: string, latencies: readonly Micros[], published: number): Comparison {
  const ours = frequencyInterval(0.001, latencies.length);
  const theirs = frequencyInterval(0.001, PUBLISHED_SAMPLES);
  const [from, to] = [Math.max(0, ours.from + theirs.from - 0.001), ours.to + theirs.to - 0.001];
  const share = latencies.filter((latency) => latency > ms(published)).length / latencies.length;
  const name = `${what} slower than the ${published} ms that are published for 99.9 %`;
  return { name, measured: share, expected: 0.001, from, to, unit: '', holds: share >= from && share <= to };
}

/** At the published t 99.9 % of reads should find the write; the true share there is a little lower, as its authors’ is a first crossing. */
function atPublishedT({ setting, found, writes }: Counts): Comparison[] {
  const { t } = setting.published;
  const at = setting.ts.indexOf(t);
  const name = `${setting.name}: reads ${t} ms later that find the write, published 99.9 %`;
  const share = found[at]! / writes;
  // Where all quorums meet there is nothing to wait for.
  if (setting.r + setting.w > N) return [compare(name, share, 1, 0, '')];
  const noise = 0.999 - frequencyInterval(0.999, writes).from;
  const [from, to] = [0.999 - noise - 0.0005, Math.min(1, 0.999 + noise + 0.0005)];
  return [{ name, measured: share, expected: 0.999, from, to, unit: '', holds: share >= from && share <= to }];
}

function comparisonsOf(counts: Counts, model: readonly number[]): Comparison[] {
  const { name, published } = counts.setting;
  return [
    ...atOnce(counts),
    ...atPublishedT(counts),
    slower(`${name}: reads`, counts.readLatencies, published.read),
    slower(`${name}: writes`, counts.writeLatencies, published.write),
    ...againstModel(counts, model),
  ];
}

/** @param settings the paper's, unless somebody wants to see what comes of others. */
export function pbsReport(
  settings: readonly PbsSetting[],
  { seed, settings: { writes }, progress }: ExperimentContext,
): ExperimentReport {
  const batches = Math.ceil(writes! / BATCH);
  const bench = new Bench();
  const all = settings.map((setting, s): Counts => {
    const counts = { setting, found: setting.ts.map(() => 0), writes: 0, readLatencies: [], writeLatencies: [] };
    for (let batch = 0; batch < batches; batch++) {
      measureBatch(bench, counts, `${seed} ${setting.name} ${batch}`);
      progress((s + (batch + 1) / batches) / settings.length);
    }
    for (const list of [counts.readLatencies, counts.writeLatencies] as number[][]) list.sort((a, b) => a - b);
    return counts;
  });
  const models = settings.map(({ legs, r, w, ts, name }) =>
    modelVisibility(
      legs,
      { n: N, r, w },
      ts.map((t) => ms(t)),
      MODEL_SAMPLES,
      `${seed} ${name}`,
    ),
  );
  return {
    tables: [
      {
        title: 'At 99.9 %, N = 3, in ms: measured on the protocol / published',
        columns: ['', 'read latency', 'write latency', 'found at published t'],
        rows: all.map(({ setting: { name, ts, published }, ...counts }) => [
          name,
          `${(quantile(counts.readLatencies, 0.999) / 1_000).toFixed(2)} / ${published.read.toFixed(2)}`,
          `${(quantile(counts.writeLatencies, 0.999) / 1_000).toFixed(2)} / ${published.write.toFixed(2)}`,
          `${percent(counts.found[ts.indexOf(published.t)]! / counts.writes)} at ${published.t} ms`,
        ]),
      },
      {
        title: 't-visibility: reads that begin t after the acknowledgement and find the write',
        columns: ['', 't', 'measured', 'model', 'published'],
        rows: all.flatMap(({ setting, found, writes }, s) =>
          setting.ts.map((t, i) => [
            ...[i === 0 ? setting.name : '', `${t} ms`, percent(found[i]! / writes), percent(models[s]![i]!)],
            publishedAt(setting, t),
          ]),
        ),
      },
    ],
    comparisons: all.flatMap((counts, s) => comparisonsOf(counts, models[s]!)),
    notes: [
      `${batches * BATCH} writes for each setting, one read of each for every t. Intervals of 99.99 %: ours, and those of 50,000 published samples or ${MODEL_SAMPLES} of the model; published figures are rounded.`,
      'The published t are first crossings of noisy curves, and a little short: 0.05 % are allowed for that.',
      'The coordinator keeps no key, as in the model; read repair, hints and anti-entropy are off, as there.',
    ],
    digest: bench.digest.toString(),
    runs: bench.runs,
    events: bench.events,
  };
}

function publishedAt({ published }: PbsSetting, t: number): string {
  if (t === published.t) return t === 0 ? '100 %' : '99.9 %';
  return t === 0 && published.atOnce !== null ? percent(published.atOnce, 1) : '';
}

export const pbs = defineExperiment({
  name: 'quorum/pbs',
  summary:
    'How stale reads of partial quorums are, on the latencies of LinkedIn’s disks, measured on the protocol itself.',
  teaches:
    'With R = W = 1 a read may miss the last write, but seldom for long: on fast disks for two milliseconds, on slow ones for fifty. ' +
    'Who waits for one more answer pays in latency what it gains in freshness.',
  protocol: quorum,
  source: 'Bailis, Venkataraman, Franklin, Hellerstein, Stoica, Probabilistically Bounded Staleness, VLDB 2012',
  settings: { writes: { default: 10_000, summary: 'Writes for each setting' } },
  run: (context) => pbsReport(PBS_SETTINGS, context),
});

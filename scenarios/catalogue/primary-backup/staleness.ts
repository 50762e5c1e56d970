import { exp, ms, seconds, type HistoryEvent, type Micros, type ScriptedOperation } from '../../../engine/index.js';
import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import {
  compare,
  defineExperiment,
  type Comparison,
  type ExperimentContext,
  type ExperimentReport,
} from '../../experiment.js';
import { compareFrequency, percent, Z_9999 } from '../binomial.js';
import { Bench, Mean } from '../measure.js';

/** How far the replica is behind: what a copy waits, and the way. In milliseconds. */
const LINK_MS = 5;
const COPY_DELAYS_MS = [0, 15, 45, 95];
const WRITES_PER_SECOND = [5, 20, 80];

interface Case {
  readonly copyDelayMs: number;
  readonly writesPerSecond: number;
}

interface Staleness {
  /** How many later versions there were at the primary when the replica answered. */
  readonly versions: Mean;
  /** For how long the answer had been out of date, 0 where it was not. */
  readonly ageMs: Mean;
  stale: number;
}

/** One key; writes at random through n1, and reads through n2, far enough apart that each tells something new. */
function measure(bench: Bench, { copyDelayMs, writesPerSecond }: Case, reads: number, seed: string): Staleness {
  const apartMs = 4 * (copyDelayMs + LINK_MS) + 50;
  const script = Array.from({ length: reads }, (_, i): ScriptedOperation => ({
    at: seconds(1) + i * ms(apartMs),
    client: 'c9',
    request: 'read',
    args: { key: 'x' },
    target: 'n2',
  }));
  const { result } = bench.run({
    protocol: primaryBackup,
    nodes: 2,
    seed: `${seed} ${copyDelayMs} ${writesPerSecond}`,
    options: { mode: 'asynchronous', copyDelayMs, readMode: 'replica' },
    network: { latency: { constant: ms(LINK_MS) } },
    clocks: { offsetMax: 0, driftPpmMax: 0 },
    clients: { count: 8, operations: [{ request: 'write' }], rate: writesPerSecond, target: { nodes: 'n1' } },
    script,
    until: seconds(2) + reads * ms(apartMs),
  });
  return staleness(result.history);
}

function staleness(history: readonly HistoryEvent[]): Staleness {
  const found: Staleness = { versions: new Mean(), ageMs: new Mean(), stale: 0 };
  const writtenAt: Micros[] = [];
  const versionOf = new Map<unknown, number>([[null, -1]]);
  // A request takes as long to n1 as to n2: times of invocation tell the order in which they were served, and how far apart.
  for (const { type, f, value, time } of history) {
    if (type === 'invoke' && f === 'write') {
      versionOf.set(value, writtenAt.length);
      writtenAt.push(time);
    }
  }
  const asked = new Map<unknown, Micros>();
  for (const { type, f, value, time, process } of history) {
    if (f !== 'read') continue;
    if (type === 'invoke') asked.set(process, time);
    if (type !== 'ok') continue;
    const at = asked.get(process)!;
    const seen = versionOf.get(value)!;
    let missed = 0;
    while (seen + missed + 1 < writtenAt.length && writtenAt[seen + missed + 1]! <= at) missed += 1;
    found.versions.add(missed);
    found.ageMs.add(missed === 0 ? 0 : (at - writtenAt[seen + 1]!) / 1_000);
    if (missed > 0) found.stale += 1;
  }
  return found;
}

/** The replica shows the primary of L ago, and in that time come a Poisson number of writes, λL on average. */
function predicted({ copyDelayMs, writesPerSecond }: Case) {
  const lagMs = copyDelayMs + LINK_MS;
  const versions = (writesPerSecond * lagMs) / 1_000;
  const stale = 1 - exp(-versions);
  // The mean of max(0, L − X), where X is the time until the first of them.
  return { lagMs, versions, stale, ageMs: lagMs - (stale * 1_000) / writesPerSecond };
}

function comparisonsOf(one: Case, { versions, ageMs, stale }: Staleness): Comparison[] {
  const expected = predicted(one);
  const what = `${one.writesPerSecond} writes a second, ${expected.lagMs} ms behind`;
  const tolerance = Z_9999 * Math.sqrt(expected.versions / versions.count);
  return [
    compare(`versions missed, ${what}`, versions.mean, expected.versions, tolerance, 'versions'),
    compare(`out of date for, ${what}`, ageMs.mean, expected.ageMs, Math.max(0.05, ageMs.margin(Z_9999)), 'ms'),
    compareFrequency(`stale answers, ${what}`, stale, versions.count, expected.stale),
  ];
}

function run({ seed, settings, progress }: ExperimentContext): ExperimentReport {
  const reads = settings['reads']!;
  const bench = new Bench();
  const cases = WRITES_PER_SECOND.flatMap((writesPerSecond) =>
    COPY_DELAYS_MS.map((copyDelayMs): Case => ({ copyDelayMs, writesPerSecond })),
  );
  const all = cases.map((one, i) => {
    const measured = measure(bench, one, reads, seed);
    progress((i + 1) / cases.length);
    return { one, measured };
  });
  return {
    tables: [
      {
        title: 'Reads of one key through a replica',
        columns: [
          'writes/s',
          'behind, ms',
          'stale',
          '1 − e^−λL',
          'versions missed',
          'λL',
          'out of date, ms',
          'predicted',
        ],
        rows: all.map(({ one, measured: { versions, ageMs, stale } }) => {
          const expected = predicted(one);
          return [
            ...[one.writesPerSecond, expected.lagMs, percent(stale / versions.count, 1), percent(expected.stale, 1)],
            ...[versions.tell(), expected.versions.toFixed(2), ageMs.tell(), expected.ageMs.toFixed(2)],
          ];
        }),
      },
    ],
    comparisons: all.flatMap(({ one, measured }) => comparisonsOf(one, measured)),
    notes: [
      `${reads} reads for each row; every message takes ${LINK_MS} ms, so that a replica is behind by L = what a copy waits + ${LINK_MS} ms.`,
      'Out of date: for how long a newer version had been at the primary when the replica was asked; 0 for an answer that is not stale. Predicted: L − (1 − e^−λL)/λ.',
    ],
    digest: bench.digest.toString(),
    runs: bench.runs,
    events: bench.events,
  };
}

export const stalenessOfReplicas = defineExperiment({
  name: 'primary-backup/staleness',
  summary:
    'How stale reads through a replica are, in milliseconds and in versions, by how far it is behind and how often is written.',
  teaches:
    'How far a replica is behind bounds how old an answer is, and says little of how often it is wrong: that goes with how often the key ' +
    'is written.',
  protocol: primaryBackup,
  source: 'arrivals of a Poisson process',
  settings: { reads: { default: 1000, summary: 'Reads for each row' } },
  run,
});

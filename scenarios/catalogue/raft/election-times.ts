import { Choices, Digest } from '../../../engine/index.js';
import { raft } from '../../../protocols/raft/protocol.js';
import {
  compare,
  defineExperiment,
  type Comparison,
  type ExperimentContext,
  type ExperimentReport,
  type Table,
} from '../../experiment.js';
import { compareFrequency, medianInterval, percent, wilson, Z_95, Z_9999 } from '../binomial.js';
import { electionTrial, type ElectionOutcome } from './election-trial.js';

/** Chapter 9 of Ongaro's thesis: how often votes split, and how long a cluster is without a leader. */
export const electionTimes = defineExperiment({
  name: 'raft/election-times',
  summary:
    'How often an election ends in a split vote, and how long it takes to replace a crashed leader, by time-outs.',
  teaches:
    'Why election time-outs are random: with equal ones everybody stands at once and nobody wins. A range of ten times the ' +
    'latency of a request is enough; a few milliseconds more of it save seconds.',
  protocol: raft,
  source: 'Ongaro, Consensus: Bridging Theory and Practice, 2014, chapter 9',
  settings: {
    runs: { default: 1000, summary: 'Crashes for each pair of time-outs (the thesis: 1,000)' },
    splitRuns: { default: 8000, summary: 'Crashes for each probability of a split vote' },
  },
  run(context) {
    const tally = new Tally(context);
    const splits = splitVotes(context.settings['splitRuns']!, tally);
    const downtimes = downtimesOnLan(context.settings['runs']!, tally);
    return {
      tables: [splits.table, downtimes.table],
      comparisons: [...splits.comparisons, ...downtimes.comparisons],
      notes: NOTES,
      ...tally.report(),
    };
  },
});

/** What is left to a cluster that is only known by its broadcast time; and to the longest of a thousand, a matter of luck. */
const MODEL_TOLERANCE = 0.2;
const LONGEST_TOLERANCE = 0.4;

const NOTES = [
  'Split votes: five servers, the leader crashed, four eligible, constant one-way latency, all timers reset by the same heartbeat; expected: sum over k = 2 … 4 of C(4, k) l^k (1 − l)^(4 − k), with l = latency / range of time-outs. Each must lie where 99.99 % of frequencies over as many crashes do.',
  'Downtimes: five servers, two of the four left with a short log; the leader crashes at a moment drawn evenly from a heartbeat interval of half the shortest time-out. A request takes 2 ms and a reply 13 ms, as a vote is persisted before it is answered: the thesis gives only the sum, about 15 ms. It is the request’s share in which votes split; with 7.5 ms each way the figures do not come out.',
  `The thesis measured a real cluster, whose latencies vary: its medians and means must be met within ${percent(MODEL_TOLERANCE, 0)}, its longest downtimes within ${percent(LONGEST_TOLERANCE, 0)}: from seed to seed the longest of 1,000 was between 362 and 635 ms for 150–200 here, and between 111 and 175 ms for 12–24. That is for 1,000 crashes; for fewer, it is wider by the root of 1,000 / runs.`,
  'The median for 150–155 is steep: about half of the first elections fail, and who has to wait for a second waits 150 ms more. Equal time-outs stay equal here, as latencies are constant: without any chance nobody ever wins.',
];

interface Part {
  readonly table: Table;
  readonly comparisons: readonly Comparison[];
}

/** What all trials together were, and how far they are. */
class Tally {
  private readonly digest = new Digest();
  private runs = 0;
  private events = 0;

  constructor(private readonly context: ExperimentContext) {}

  get seed(): string {
    return this.context.seed;
  }

  add(outcome: ElectionOutcome, planned: number): void {
    this.digest.text(outcome.digest);
    this.events += outcome.events;
    this.runs++;
    if (this.runs % 64 === 0) this.context.progress(Math.min(1, this.runs / planned));
  }

  report(): Pick<ExperimentReport, 'digest' | 'runs' | 'events'> {
    return { digest: this.digest.toString(), runs: this.runs, events: this.events };
  }
}

// -- Split votes --

const RANGE_MS = 150;
const SPLITS = [
  { latency: 0.01, published: 0.0006 },
  { latency: 0.1, published: 0.052 },
  { latency: 0.2, published: 0.181 },
] as const;
/** The candidates that are left of five. */
const ELIGIBLE = 4;

function splitVotes(runs: number, tally: Tally): Part {
  const rows: (string | number)[][] = [];
  const comparisons: Comparison[] = [];
  const first: number[] = [];
  for (const { latency, published } of SPLITS) {
    let splits = 0;
    for (let i = 0; i < runs; i++) {
      const outcome = electionTrial({
        seed: `${tally.seed} split ${latency} ${i}`,
        timeoutMsMin: RANGE_MS,
        timeoutMsMax: 2 * RANGE_MS,
        requestMs: latency * RANGE_MS,
        replyMs: latency * RANGE_MS,
        shortLogs: [],
        crashAt: 0.5,
        patienceMs: 100 * RANGE_MS,
      });
      tally.add(outcome, SPLITS.length * runs * 2);
      if (outcome.electedTerm !== 2) splits++;
      if (outcome.firstCandidateAt !== null) {
        first.push((outcome.firstCandidateAt - outcome.heartbeatAt) / 1000 / RANGE_MS - 1);
      }
    }
    const { from, to } = wilson(splits, runs, Z_95);
    const expected = splitProbability(latency);
    rows.push([
      latency,
      runs,
      splits,
      percent(splits / runs),
      `${percent(from)} to ${percent(to)}`,
      percent(expected),
      percent(published),
    ]);
    comparisons.push(compareFrequency(`split votes, latency / range = ${latency}`, splits, runs, expected));
  }
  comparisons.push(firstTimeout(first));
  return {
    table: {
      title: 'Split votes in the first election after a crash: 5 servers, 4 eligible',
      columns: ['latency / range', 'crashes', 'split', 'measured', '95 % interval', 'expected', 'thesis'],
      rows,
    },
    comparisons,
  };
}

/** At least two more of the four time out within one latency of the first: nobody gets three of the four votes. */
function splitProbability(l: number): number {
  const r = 1 - l;
  return 6 * l * l * r * r + 4 * l * l * l * r + l * l * l * l;
}

/** The smallest of s even draws lies at 1 / (s + 1) of the range on average, with variance s / ((s + 1)² (s + 2)). */
function firstTimeout(shares: readonly number[]): Comparison {
  const n = ELIGIBLE + 1;
  const deviation = Math.sqrt(ELIGIBLE / (n * n * (n + 1)));
  const tolerance = (Z_9999 * deviation) / Math.sqrt(shares.length);
  return compare('first time-out, as a share of the range', mean(shares), 1 / n, tolerance, '');
}

// -- Downtimes --

const REQUEST_MS = 2;
const REPLY_MS = 13;
const PATIENCE_MS = 10_000;
const TIMEOUTS: readonly { readonly range: readonly [number, number]; readonly share: number }[] = [
  // Without chance, or nearly, it takes seconds: fewer crashes do.
  { range: [150, 150], share: 0.02 },
  { range: [150, 151], share: 0.1 },
  { range: [150, 155], share: 1 },
  { range: [150, 175], share: 1 },
  { range: [150, 200], share: 1 },
  { range: [150, 300], share: 1 },
  { range: [12, 24], share: 1 },
  { range: [25, 50], share: 1 },
  { range: [50, 100], share: 1 },
];

interface Downtimes {
  readonly name: string;
  readonly crashes: number;
  /** In milliseconds, rising; who has no leader in the end is not in it. */
  readonly elected: readonly number[];
}

function downtimesOnLan(runs: number, tally: Tally): Part {
  const measured = new Map<string, Downtimes>();
  for (const { range, share } of TIMEOUTS) {
    const one = downtimes(range, Math.max(5, Math.ceil(runs * share)), tally);
    measured.set(one.name, one);
  }
  const of = (name: string): Downtimes => measured.get(name)!;
  const wider = Math.sqrt(Math.max(1, 1000 / runs));
  const near = (name: string, value: number, published: number, tolerance = MODEL_TOLERANCE): Comparison =>
    compare(name, value, published, published * tolerance * wider, 'ms');
  const equal = of('150–150');
  return {
    table: {
      title: 'Time without a leader after a crash, in ms: 5 servers, 2 of the 4 left not eligible',
      columns: ['time-outs', 'crashes', 'none in 10 s', 'shortest', 'median', '95 % interval', 'mean', 'longest'],
      rows: [...measured.values()].map(rowOf),
    },
    comparisons: [
      compare('150–150: no leader after 10 s', 1 - equal.elected.length / equal.crashes, 1, 0, ''),
      near('150–155: median', median(of('150–155')), 287),
      near('150–200: longest', longest(of('150–200')), 513, LONGEST_TOLERANCE),
      near('12–24: mean', mean(of('12–24').elected), 35),
      near('12–24: longest', longest(of('12–24')), 152, LONGEST_TOLERANCE),
    ],
  };
}

function downtimes([timeoutMsMin, timeoutMsMax]: readonly [number, number], crashes: number, tally: Tally): Downtimes {
  const elected: number[] = [];
  const name = `${timeoutMsMin}–${timeoutMsMax}`;
  for (let i = 0; i < crashes; i++) {
    const seed = `${tally.seed} downtime ${name} ${i}`;
    const choices = new Choices(seed);
    const outcome = electionTrial({
      seed,
      timeoutMsMin,
      timeoutMsMax,
      requestMs: REQUEST_MS,
      replyMs: REPLY_MS,
      shortLogs: ['n4', 'n5'],
      crashAt: choices.draw(choices.stream('experiment', 'crash', 0.5)),
      patienceMs: PATIENCE_MS,
    });
    tally.add(outcome, 2 * TIMEOUTS.length * crashes);
    if (outcome.electedAt !== null) elected.push((outcome.electedAt - outcome.crashedAt) / 1000);
  }
  return { name, crashes, elected: elected.sort((a, b) => a - b) };
}

function rowOf(of: Downtimes): (string | number)[] {
  const { name, crashes, elected } = of;
  const none = crashes - elected.length;
  const times = [...elected, ...Array.from({ length: none }, () => Infinity)];
  const shown = (value: number): string => (value === Infinity ? 'over 10,000' : value.toFixed(0));
  const { from, to } = medianInterval(times, Z_95);
  return [
    name,
    crashes,
    none,
    shown(times[0]!),
    shown(median(of)),
    `${shown(from)} to ${shown(to)}`,
    none > 0 ? '–' : mean(elected).toFixed(0),
    shown(longest(of)),
  ];
}

/** Infinite where half of the crashes and more have found no leader. */
function median({ crashes, elected }: Downtimes): number {
  return elected[Math.floor((crashes - 1) / 2)] ?? Infinity;
}

function longest({ crashes, elected }: Downtimes): number {
  return elected[crashes - 1] ?? Infinity;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

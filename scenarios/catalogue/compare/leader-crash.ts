import { Digest, Simulation, type RunResult } from '../../../engine/index.js';
import { raft } from '../../../protocols/raft/protocol.js';
import {
  defineExperiment,
  type Comparison,
  type ExperimentContext,
  type ExperimentReport,
  type Table,
} from '../../experiment.js';
import { quantile } from '../../summary.js';
import { bar, Bench, exactly, Mean } from '../measure.js';
import { courseOf, LATENCY_MS_MEAN, NODES, PATIENCE, RATE, type Course } from './course.js';
import { calmOf, isLinearizable, lossesOf, outageOf, type Outage } from './figures.js';
import { operationCost, type MeasuredCost } from './operation-costs.js';
import { servesAppends } from '../../cap/store.js';
import { comparedStores, COPY_DELAY_MS, type ComparedStore } from './stores.js';

/** What all seeds together say of one store. */
interface Measured {
  readonly store: ComparedStore;
  readonly read: MeasuredCost;
  readonly write: MeasuredCost;
  readonly messages: Mean;
  readonly bytes: Mean;
  readonly syncs: Mean;
  readonly p50Ms: Mean;
  readonly p99Ms: Mean;
  readonly outages: Outage[];
  readonly linearizable: { yes: number; no: number; undecided: number };
  readonly appends: { acknowledged: number; lost: number };
}

/** Runs whose invariants may break: what does not promise to be linearizable is measured all the same. */
class Runs {
  readonly digest = new Digest();
  runs = 0;
  events = 0;

  run(store: ComparedStore, { config }: Course): RunResult {
    const result = new Simulation(config).run();
    const mayBreak = result.ending === 'violation' && !store.promisesLinearizability;
    if (result.ending !== 'finished' && !mayBreak) {
      const said = result.violations.map(({ message }) => message).join('; ');
      throw new Error(`${store.name}, seed ${config.seed}: ${result.ending} ${result.endingMessage} ${said}`);
    }
    this.digest.text(result.digest);
    this.runs++;
    this.events += result.events;
    return result;
  }
}

function nothingYet(store: ComparedStore, seed: string, bench: Bench): Measured {
  return {
    store,
    read: operationCost(store, NODES, 'read', seed, bench),
    write: operationCost(store, NODES, 'write', seed, bench),
    messages: new Mean(),
    bytes: new Mean(),
    syncs: new Mean(),
    p50Ms: new Mean(),
    p99Ms: new Mean(),
    outages: [],
    linearizable: { yes: 0, no: 0, undecided: 0 },
    appends: { acknowledged: 0, lost: 0 },
  };
}

function addSeed(measured: Measured, seed: string, runs: Runs): void {
  const { store, linearizable, appends } = measured;
  const course = courseOf(store, 'write', seed);
  const result = runs.run(store, course);
  const calm = calmOf(result, course.crashAt);
  const latencies = calm.latencies.toSorted((a, b) => a - b);
  measured.messages.add(calm.messages / calm.operations);
  measured.bytes.add(calm.bytes / calm.operations);
  measured.syncs.add(calm.syncs / calm.operations);
  measured.p50Ms.add(quantile(latencies, 0.5) / 1_000);
  measured.p99Ms.add(quantile(latencies, 0.99) / 1_000);
  measured.outages.push(outageOf(result, course.crashAt));
  const verdict = isLinearizable(result);
  linearizable[verdict === null ? 'undecided' : verdict ? 'yes' : 'no']++;
  if (!servesAppends(store)) return;
  const { acknowledged, lost } = lossesOf(runs.run(store, courseOf(store, 'append', seed)));
  appends.acknowledged += acknowledged;
  appends.lost += lost;
}

// -- Tables --

function costs(all: readonly Measured[]): Table {
  return {
    title: `What one operation costs: ${NODES} nodes, nothing fails, nothing else is asked; measured = by the papers`,
    columns: [
      'store',
      'read: messages',
      'predicted',
      'delays',
      'predicted',
      'write: messages',
      'predicted',
      'delays',
      'predicted',
    ],
    rows: all.map(({ store, read, write }) => [
      store.name,
      ...[read.messages, store.read.messages(NODES), read.delays, store.read.delays],
      ...[write.messages, store.write.messages(NODES), write.delays, store.write.delays],
    ]),
  };
}

function calmFigures(all: readonly Measured[]): Table {
  return {
    title:
      'Under load, before the crash: everything between nodes, heartbeats too, for each answered operation; mean ± 95 %',
    columns: ['store', 'messages', 'bytes', 'syncs', 'latency p50, ms', 'p99, ms'],
    rows: all.map(({ store, messages, bytes, syncs, p50Ms, p99Ms }) => [
      ...[store.name, messages.tell(1), bytes.tell(0), syncs.tell(1), p50Ms.tell(1), p99Ms.tell(1)],
    ]),
  };
}

function crashFigures(all: readonly Measured[]): Table {
  return {
    title: 'The crash: median of all seeds (least to greatest)',
    columns: [
      ...[
        'store',
        'no answer to anybody, ms',
        'clients hit',
        'no answer to them, ms',
        'recovered after, ms',
        'unanswered',
      ],
      ...['acknowledged appends lost', 'linearizable'],
    ],
    rows: all.map(({ store, outages, appends, linearizable: { yes, no, undecided } }) => [
      store.name,
      spread(outages.map(({ downtime }) => downtime / 1_000)),
      `${spread(outages.map(({ clientsHit }) => 100 * clientsHit))} %`,
      spread(outages.flatMap(({ downtimeOfHit }) => (downtimeOfHit === null ? [] : [downtimeOfHit / 1_000]))),
      spread(outages.map(({ recovery }) => recovery / 1_000)),
      spread(outages.map(({ unanswered }) => unanswered)),
      servesAppends(store) ? `${appends.lost} of ${appends.acknowledged}` : `– (${store.noAppends})`,
      [
        no === 0 ? `yes, in all ${yes}` : `no, in ${no} of ${yes + no + undecided}`,
        ...(undecided > 0 ? [`${undecided} undecided`] : []),
      ].join(', '),
    ]),
  };
}

function picture(all: readonly Measured[]): Table {
  const downtimes = all.map(({ store, outages }) => ({
    store,
    ms: medianOf(outages.map(({ downtime }) => downtime / 1_000)),
  }));
  const largest = Math.max(...downtimes.map(({ ms }) => ms));
  return {
    title: 'The longest time without an answer to anybody, from the crash on',
    columns: ['store', 'ms', ''],
    rows: downtimes.map(({ store, ms }) => [store.name, Math.round(ms), bar(ms, largest)]),
  };
}

function medianOf(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

function spread(values: readonly number[]): string {
  if (values.length === 0) return '–';
  const [median, least, greatest] = [medianOf(values), Math.min(...values), Math.max(...values)].map(Math.round);
  return least === greatest ? `${median}` : `${median} (${least} to ${greatest})`;
}

// -- What must hold --

function comparisonsOf({ store, read, write, linearizable, appends }: Measured): Comparison[] {
  const { name } = store;
  const all: Comparison[] = [
    exactly(`${name}: messages of a read`, read.messages, store.read.messages(NODES), 'messages'),
    exactly(`${name}: delays of a read`, read.delays, store.read.delays, 'delays'),
    exactly(`${name}: messages of a write`, write.messages, store.write.messages(NODES), 'messages'),
    exactly(`${name}: delays of a write`, write.delays, store.write.delays, 'delays'),
  ];
  if (store.promisesLinearizability) {
    all.push(exactly(`${name}: runs that are not linearizable`, linearizable.no + linearizable.undecided, 0, 'runs'));
  }
  if (servesAppends(store) && store.promisesDurability) {
    all.push(exactly(`${name}: acknowledged appends lost`, appends.lost, 0, 'appends'));
  }
  return all;
}

/** What the control should lose: appends a second, times how late copies are, with the mean latency of a message. */
function controlLoses({ store, appends, outages }: Measured): Comparison {
  const each = (RATE / 2) * ((COPY_DELAY_MS + LATENCY_MS_MEAN) / 1_000);
  const expected = outages.length * each;
  // Poisson's law: four standard deviations. None at all is never enough.
  const tolerance = 4 * Math.sqrt(expected);
  const from = Math.max(1, expected - tolerance);
  const to = expected + tolerance;
  const measured = appends.lost;
  const name = `${store.name}: the control loses what is not copied yet`;
  return { name, measured, expected, from, to, unit: 'appends', holds: measured >= from && measured <= to };
}

const NOTES = [
  'The same for all: what clients ask and when (half reads, 100 operations a second; each client stays with who answered it), latencies, disks, the moment of the crash, two seconds of absence. Silence of 150 to 300 ms is taken for a crash. Clients do not repeat a question: to stores without sessions a repeated write is a second one.',
  `A client waits ${PATIENCE / 1_000} ms and then asks another node, drawn, perhaps the dead one again: this is in all figures of the crash. Recovered: when the last question was asked that got no answer. quorum and abd elect nobody: n1 crashes, and only the clients that stay with it notice.`,
  'Not the same: Zab hears of a crash by connections that are reset, at once, all others by silence. Viewstamped Replication writes no disk, which spares it the wait (0.5 to 2 ms), but if too many fail at once it forgets (viewstamped-replication/too-many-crashes). Primary-backup waits for the slowest backup, the others for the quicker half, and would serve on with one copy left.',
  'Reads: Raft and primary-backup ask who follows, without a disk; Multi-Paxos, Viewstamped Replication and Zab order them like writes; quorum and abd read from a majority, and abd writes back.',
  'quorum lets the last writer win, by clocks that are up to 50 ms off: it does not promise to be linearizable. abd does. Neither serves append, which needs one order of all updates, so that lost writes are not counted for them; the history says of abd that none was.',
  'Bytes are those of contents as JSON, for comparison only.',
  'The last store is the control: copies are 50 ms late and nobody waits for them. It must lose what it has acknowledged, or the count of losses is worth nothing.',
];

function run({ seed, settings, progress }: ExperimentContext): ExperimentReport {
  const seeds = settings['seeds']!;
  const runs = new Runs();
  const bench = new Bench();
  const all = comparedStores.map((store, done) => {
    const measured = nothingYet(store, seed, bench);
    for (let i = 0; i < seeds; i++) {
      addSeed(measured, `${seed} ${i}`, runs);
      progress((done + (i + 1) / seeds) / comparedStores.length);
    }
    return measured;
  });
  const digest = new Digest();
  digest.text(runs.digest.toString());
  digest.text(bench.digest.toString());
  return {
    tables: [costs(all), calmFigures(all), crashFigures(all), picture(all)],
    comparisons: [...all.flatMap(comparisonsOf), controlLoses(all.at(-1)!)],
    notes: NOTES,
    digest: digest.toString(),
    runs: runs.runs + bench.runs,
    events: runs.events + bench.events,
  };
}

export const leaderCrash = defineExperiment({
  name: 'compare/leader-crash',
  summary:
    'One workload and one crash for all replicated stores: what they cost, how long they are gone, what they lose.',
  teaches:
    'They promise the same and pay differently: in messages, in disk syncs, in waiting for the slowest, in a pause after a crash. Whoever ' +
    'has no leader has no pause, and pays with every operation, or with its promises.',
  protocol: raft,
  source: 'the tables "What it costs" of the protocols’ READMEs',
  settings: { seeds: { default: 10, summary: 'Crashes of each store' } },
  run,
});

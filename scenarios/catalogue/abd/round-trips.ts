import { ms, seconds, type ScriptedOperation } from '../../../engine/index.js';
import { abd } from '../../../protocols/abd/protocol.js';
import { defineExperiment, type Comparison, type ExperimentContext, type ExperimentReport } from '../../experiment.js';
import { Bench, exactly } from '../measure.js';

const SIZES = [3, 5, 7, 9];
/** Every message takes this long, so that delays can be counted. */
const DELAY_MS = 7;
const MESSAGES = ['Query', 'QueryReply', 'Update', 'UpdateReply'];

type Kind = 'read' | 'write';

interface Figures {
  readonly n: number;
  readonly writers: 'one' | 'several';
  readonly kind: Kind;
  /** Between nodes: what a node says to itself is none. */
  readonly messages: number;
  /** Message delays from the client's request to its answer. */
  readonly delays: number;
}

/** One operation after the other, far apart, through each node in turn; the last but one tells what each cost. */
function measure(
  bench: Bench,
  n: number,
  writers: Figures['writers'],
  kind: Kind,
  operations: number,
  seed: string,
): Figures {
  const target = (i: number): string => (kind === 'write' && writers === 'one' ? 'n1' : `n${(i % n) + 1}`);
  const first: ScriptedOperation = {
    at: ms(10),
    client: 'c1',
    request: 'write',
    args: { key: 'x', value: 0 },
    target: 'n1',
  };
  const script = Array.from({ length: operations }, (_, i): ScriptedOperation => {
    const args = kind === 'read' ? { key: 'x' } : { key: 'x', value: i + 1 };
    return { at: ms(200 * (i + 1)), client: 'c1', request: kind, args, target: target(i) };
  });
  const { result } = bench.run({
    protocol: abd,
    nodes: n,
    seed: `${seed} ${n} ${writers} ${kind}`,
    options: { writer: writers === 'one' ? 'n1' : null },
    network: { latency: { constant: ms(DELAY_MS) } },
    script: [first, ...script],
    until: ms(200 * (operations + 1)) + seconds(1),
    trace: 'events',
  });
  let messages = 0;
  for (const { kind: event, name, node, peer, time } of result.trace!.events()) {
    if (event === 'send' && time >= ms(200) && node !== peer && MESSAGES.includes(name ?? '')) messages++;
  }
  const took = result.history.filter(({ time }) => time >= ms(200));
  let us = 0;
  for (const { type, time } of took) us += type === 'invoke' ? -time : time;
  return { n, writers, kind, messages: messages / operations, delays: us / operations / ms(DELAY_MS) };
}

/** A round trip is 2(n − 1) messages between nodes, and two delays; client and node add two delays more. */
function roundTripsOf({ writers, kind }: Figures): number {
  return kind === 'write' && writers === 'one' ? 1 : 2;
}

function comparisonsOf(figures: Figures): Comparison[] {
  const { n, writers, kind, messages, delays } = figures;
  const rounds = roundTripsOf(figures);
  const what = `${kind}, ${writers === 'one' ? 'one writer' : 'several writers'}, n = ${n}`;
  return [
    exactly(`${what}: ${2 * rounds}(n − 1) messages`, messages, 2 * rounds * (n - 1), 'messages'),
    exactly(
      `${what}: ${rounds} round trip${rounds === 1 ? '' : 's'}, and the client’s`,
      delays,
      2 * rounds + 2,
      'delays',
    ),
  ];
}

function run({ seed, settings, progress }: ExperimentContext): ExperimentReport {
  const operations = settings['operations']!;
  const bench = new Bench();
  const all: Figures[] = [];
  for (const n of SIZES) {
    for (const writers of ['one', 'several'] as const) {
      for (const kind of ['read', 'write'] as const) all.push(measure(bench, n, writers, kind, operations, seed));
    }
    progress(all.length / (4 * SIZES.length));
  }
  return {
    tables: [
      {
        title: 'What one operation costs without failures',
        columns: ['n', 'operation', 'writers', 'messages', 'predicted', 'round trips', 'predicted'],
        rows: all.map((figures) => {
          const { n, kind, writers, messages, delays } = figures;
          const rounds = roundTripsOf(figures);
          return [n, kind, writers, messages, 2 * rounds * (n - 1), delays / 2 - 1, rounds];
        }),
      },
    ],
    comparisons: all.flatMap(comparisonsOf),
    notes: [
      'Messages between nodes. What a node says to itself as a replica is none: the paper, which counts it, has 2n a round trip, so 4n for two.',
      `Every message takes ${DELAY_MS} ms. Round trips are those between nodes; a client’s request and answer are one more.`,
    ],
    digest: bench.digest.toString(),
    runs: bench.runs,
    events: bench.events,
  };
}

export const roundTrips = defineExperiment({
  name: 'abd/round-trips',
  summary: 'Messages and round trips of a read and of a write, with one writer and with several, for 3 to 9 nodes.',
  teaches:
    'A read costs as much as a write: both ask, and both tell. Only a writer that is alone may leave out the asking.',
  protocol: abd,
  source:
    'Attiya, Bar-Noy, Dolev 1995; Lynch and Shvartsman 1997: two phases of one request and one answer for each node',
  settings: { operations: { default: 50, summary: 'Operations for each figure' } },
  run,
});

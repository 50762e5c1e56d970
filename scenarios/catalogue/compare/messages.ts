import { ms, seconds, type AnyProtocol, type SimulationConfig, type TraceEvent } from '../../../engine/index.js';
import { bully } from '../../../protocols/bully/protocol.js';
import { changRoberts } from '../../../protocols/chang-roberts/protocol.js';
import { floodMax } from '../../../protocols/flood-max/protocol.js';
import { lcr } from '../../../protocols/lcr/protocol.js';
import { leases } from '../../../protocols/leases/protocol.js';
import { messageQueue } from '../../../protocols/message-queue/protocol.js';
import { adjacencyOf, diameterOf, directedEdges } from '../../../protocols/parts/topology.js';
import { paxos } from '../../../protocols/paxos/protocol.js';
import { raft } from '../../../protocols/raft/protocol.js';
import { splitBrain } from '../../../protocols/split-brain/protocol.js';
import { threePhaseCommit } from '../../../protocols/three-phase-commit/protocol.js';
import { transactions } from '../../../protocols/transactions/protocol.js';
import { twoGenerals } from '../../../protocols/two-generals/protocol.js';
import { twoPhaseCommit } from '../../../protocols/two-phase-commit/protocol.js';
import { defineExperiment, type ExperimentContext, type ExperimentReport } from '../../experiment.js';
import { Bench, exactly } from '../measure.js';
import { operationCost } from './operation-costs.js';
import { comparedStores } from './stores.js';

const SIZES = [3, 5, 7] as const;
/** Of which size the table is. */
const SHOWN = 5;

/** What is done once where nothing fails, and how many messages that takes. */
interface Course {
  readonly protocol: AnyProtocol;
  readonly what: string;
  readonly formula: string;
  readonly source: string;
  readonly predicted: (n: number) => number;
  readonly config: (n: number) => Omit<SimulationConfig, 'protocol' | 'seed' | 'until'>;
  /** What is counted; everything between nodes where it is left out. What a node says to itself is never counted. */
  readonly counted?: readonly string[];
}

const nodesOf = (n: number): readonly string[] => Array.from({ length: n }, (_, i) => `n${i + 1}`);
const ask = (request: string, args: object, target: string): Pick<SimulationConfig, 'script'> => ({
  script: [{ at: seconds(1), client: 'c1', request, args, target } as NonNullable<SimulationConfig['script']>[number]],
});
/** Identities that fall in the direction of the messages. */
const falling = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => n - i);
const grid = { kind: 'grid', extraEdges: 0, graph: 0 } as const;

const COURSES: readonly Course[] = [
  {
    protocol: paxos,
    what: 'a value is chosen, acceptors tell every learner',
    formula: '(n − 1)(n + 3)',
    source: 'Lamport 2001, 2.2 and 2.3',
    predicted: (n) => 3 * (n - 1) + n * (n - 1),
    config: (n) => ({ nodes: n, ...ask('propose', { value: 'a' }, 'n1') }),
  },
  {
    protocol: twoPhaseCommit,
    what: 'a transaction of n participants commits, and is forgotten',
    formula: '4n',
    source: 'Bernstein, Hadzilacos, Goodman 1987, section 7.4',
    predicted: (n) => 4 * n,
    config: (n) => ({ nodes: n + 1, ...ask('begin', { no: [] }, 'n1') }),
  },
  {
    protocol: threePhaseCommit,
    what: 'a transaction of n participants commits',
    formula: '5n',
    source: 'Bernstein, Hadzilacos, Goodman 1987, section 7.5',
    predicted: (n) => 5 * n,
    config: (n) => ({ nodes: n + 1, ...ask('begin', { no: [] }, 'n1') }),
    counted: ['VoteReq', 'Yes', 'PreCommit', 'Ack', 'Commit'],
  },
  {
    protocol: transactions,
    what: 'a transaction on one node, with its client',
    formula: '2',
    source: 'a question and its answer',
    predicted: () => 2,
    config: () => ({ nodes: 1, ...ask('txn', [['r', 'x', null]], 'n1') }),
    counted: ['request:txn', 'reply:ok'],
  },
  {
    protocol: messageQueue,
    what: 'a message takes effect, from the queue on',
    formula: '2',
    source: 'delivery and acknowledgement',
    predicted: () => 2,
    config: (n) => ({ nodes: ['queue', ...nodesOf(n - 1)], ...ask('send', { body: 1 }, 'queue') }),
    counted: ['Deliver', 'Ack'],
  },
  {
    protocol: twoGenerals,
    what: 'n messengers for an order and two answers',
    formula: '3n',
    source: 'a plain count',
    predicted: (n) => 3 * n,
    config: (n) => ({ nodes: ['a', 'b'], options: { messengers: n, acknowledgements: 2 } }),
  },
  {
    protocol: leases,
    what: 'acquire, read, write, release',
    formula: '7',
    source: 'a plain count: three questions with answers, and a release',
    predicted: () => 7,
    config: (n) => ({ nodes: ['lock', 'storage', ...nodesOf(n)], ...ask('add', {}, 'n1') }),
  },
  {
    protocol: splitBrain,
    what: 'a write of the leader to the storage',
    formula: '2',
    source: 'a plain count: a write and its answer',
    predicted: () => 2,
    config: (n) => ({
      ...{ nodes: [...nodesOf(n), 'storage'], nodeOptions: { n1: { electionMs: 60 } } },
      ...{ options: { quorum: true, fencing: true }, ...ask('add', {}, 'n1') },
    }),
    counted: ['Write', 'Written'],
  },
  {
    protocol: bully,
    what: 'the highest is down and the lowest calls, by the textbook',
    formula: '(n − 1)² + (n − 2)',
    source: 'Garcia-Molina 1982, as textbooks have it: the worst case',
    predicted: (n) => (n - 1) * (n - 1) + (n - 2),
    config: (n) => ({
      nodes: n,
      options: { variant: 'textbook', electsAtStart: false, checkMs: 5000, repairedAfterMs: 10 },
      faults: [{ do: 'crash', whom: `n${n}`, at: 0 }] as NonNullable<SimulationConfig['faults']>,
      ...ask('elect', {}, 'n1'),
    }),
  },
  {
    protocol: changRoberts,
    what: 'an election in the worst placement, and its announcement',
    formula: 'n(n + 1)/2 + n',
    source: 'Chang, Roberts 1979',
    predicted: (n) => (n * (n + 1)) / 2 + n,
    config: (n) => ({ nodes: n, options: { identities: falling(n) } }),
  },
  {
    protocol: lcr,
    what: 'an election in the worst placement, and its announcement',
    formula: 'n(n + 1)/2 + n',
    source: 'Lynch 1996, LCR',
    predicted: (n) => (n * (n + 1)) / 2 + n,
    config: (n) => ({ nodes: n, options: { identities: falling(n), roundMs: 10 } }),
  },
  {
    protocol: floodMax,
    what: 'an election on a grid of n²',
    formula: 'diameter · directed edges',
    source: 'Lynch 1996, FloodMax',
    predicted: (n) => diameterOf(adjacencyOf(grid, n * n)) * directedEdges(adjacencyOf(grid, n * n)),
    config: (n) => ({
      nodes: n * n,
      options: { topology: 'grid', diameter: diameterOf(adjacencyOf(grid, n * n)), roundMs: 10 },
    }),
  },
];

/** One thing that a protocol does, measured for every size. */
interface Row extends Pick<Course, 'what' | 'formula' | 'source' | 'predicted'> {
  readonly name: string;
  readonly measured: (n: number) => number;
}

/** What the stores' costs are built of (compare/leader-crash has delays beside them). */
const STORE_FORMULAS: Readonly<Record<number, string>> = { 2: '2(n − 1)', 3: '3(n − 1)', 4: '4(n − 1)' };

function rowsOf(seed: string, bench: Bench): readonly Row[] {
  const stores = comparedStores.slice(0, -1).flatMap((store): Row[] =>
    (['read', 'write'] as const).map((request) => ({
      name: store.name,
      what: `a ${request}`,
      formula: STORE_FORMULAS[store[request].messages(2)]!,
      source: `${store.protocol.source}: “What it costs” in its README`,
      predicted: store[request].messages,
      measured: (n) => operationCost(store, n, request, seed, bench).messages,
    })),
  );
  const others = COURSES.map((course): Row => ({
    ...course,
    name: course.protocol.name,
    measured: (n) => {
      const { result } = bench.run({
        ...course.config(n),
        protocol: course.protocol,
        seed,
        network: { latency: { constant: ms(1) } },
        clocks: { offsetMax: 0, driftPpmMax: 0 },
        until: seconds(3),
        trace: 'events',
      });
      return countIn([...result.trace!.events()], course.counted);
    },
  }));
  return [...stores, ...others];
}

/** What the question led to, or, where nobody asks, everything. */
function countIn(events: readonly TraceEvent[], counted: readonly string[] | undefined): number {
  const asked = events.some(({ kind }) => kind === 'invoke');
  const caused: boolean[] = [];
  let count = 0;
  for (const { id, kind, cause, node, peer, name } of events) {
    caused[id] = !asked || kind === 'invoke' || caused[cause] === true;
    if (kind !== 'send' || node === peer) continue;
    if (counted === undefined ? caused[id] && !/^(request|reply):/.test(name ?? '') : counted.includes(name ?? ''))
      count++;
  }
  return count;
}

function run({ seed, progress }: ExperimentContext): ExperimentReport {
  const bench = new Bench();
  const rows = rowsOf(seed, bench);
  const measured = rows.map((row, done) => {
    const counts = new Map(SIZES.map((n) => [n, row.measured(n)]));
    progress((done + 1) / rows.length);
    return { row, counts };
  });
  return {
    tables: [
      {
        title: `Messages where nothing fails, n = ${SHOWN}: measured, and predicted`,
        columns: ['protocol', 'what', 'measured', 'predicted', 'formula', 'source'],
        rows: measured.map(({ row, counts }) => [
          ...[row.name, row.what, counts.get(SHOWN)!, row.predicted(SHOWN), row.formula, row.source],
        ]),
      },
    ],
    comparisons: measured.flatMap(({ row, counts }) =>
      SIZES.map((n) => exactly(`${row.name}, ${row.what}, n = ${n}`, counts.get(n)!, row.predicted(n), 'messages')),
    ),
    notes: [
      'Between nodes, without heartbeats and what else nobody asked for; what a node says to itself is none.',
      'Elections over thousands of placements: chang-roberts/complexity, lcr/complexity, flood-max/complexity, bully/complexity.',
    ],
    digest: bench.digest.toString(),
    runs: bench.runs,
    events: bench.events,
  };
}

export const messages = defineExperiment({
  name: 'compare/messages',
  summary: 'What each protocol sends to do one thing, where nothing fails: counted, and by the formula of its paper.',
  teaches:
    'Agreement is paid for in messages: a round trip with everybody, two, or one from everybody to everybody. Whoever knows the formula ' +
    'can see at a glance what a design will cost.',
  protocol: raft,
  source: 'the papers, named in each row',
  settings: {},
  run,
});

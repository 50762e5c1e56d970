import { ms } from '../../../engine/index.js';
import { floodMax } from '../../../protocols/flood-max/protocol.js';
import type { FloodMax } from '../../../protocols/flood-max/shape.js';
import {
  adjacencyOf,
  diameterOf,
  directedEdges,
  TOPOLOGIES,
  type TopologyName,
} from '../../../protocols/parts/topology.js';
import { defineExperiment, type Comparison, type ExperimentContext, type ExperimentReport } from '../../experiment.js';
import { bar, Bench, exactly, Mean } from '../measure.js';
import { placement } from './rings.js';

const SIZES = [4, 9, 16, 25];
const ROUND_MS = 10;

interface Row {
  readonly topology: TopologyName;
  readonly n: number;
  /** Of the last graph: random ones differ. */
  readonly diameter: number;
  readonly edges: number;
  readonly basic: Mean;
  readonly optimised: Mean;
  readonly expected: Mean;
  /** Runs whose rounds and messages were exactly what their graph says. */
  readonly roundsRight: number;
  readonly messagesRight: number;
  /** Runs in which silence cost no message more than speaking. */
  readonly optimisedNoMore: number;
}

function measure(bench: Bench, topology: TopologyName, n: number, placements: number, seed: string): Row {
  const [basic, optimised, expected] = [new Mean(), new Mean(), new Mean()];
  let [diameter, edges, roundsRight, messagesRight, optimisedNoMore] = [0, 0, 0, 0, 0];
  for (let i = 0; i < placements; i++) {
    const graph = { kind: topology, extraEdges: Math.floor(n / 2), graph: i } as const;
    const adjacency = adjacencyOf(graph, n);
    diameter = diameterOf(adjacency);
    edges = directedEdges(adjacency);
    const elect = (variant: FloodMax['options']['variant']): { messages: number; rounds: Set<number> } => {
      const { result, simulation } = bench.run({
        protocol: floodMax,
        nodes: n,
        seed: `${seed} ${topology} ${n} ${i}`,
        options: {
          ...{ topology, extraEdges: graph.extraEdges, graph: i, diameter, variant, roundMs: ROUND_MS },
          identities: placement(seed, `${topology} ${n} ${i}`, n),
        },
        network: { latency: { uniform: [ms(1), ms(9)] } },
        until: ms(ROUND_MS * (diameter + 2)),
      });
      const states = simulation.world.nodes.map(({ volatile }) => volatile as FloodMax['volatile']);
      return { messages: result.statistics.sent, rounds: new Set(states.map(({ roundsDone }) => roundsDone)) };
    };
    const whole = elect('basic');
    const sparing = elect('optimised');
    basic.add(whole.messages);
    optimised.add(sparing.messages);
    expected.add(diameter * edges);
    if (whole.rounds.size === 1 && whole.rounds.has(diameter) && sparing.rounds.has(diameter)) roundsRight++;
    if (whole.messages === diameter * edges) messagesRight++;
    if (sparing.messages <= whole.messages) optimisedNoMore++;
  }
  return { topology, n, diameter, edges, basic, optimised, expected, roundsRight, messagesRight, optimisedNoMore };
}

function comparisons(row: Row, placements: number): Comparison[] {
  const where = `${row.topology}, n = ${row.n}`;
  return [
    exactly(`rounds = diameter, ${where}`, row.roundsRight, placements, 'runs'),
    exactly(`messages = diameter × directed edges, ${where}`, row.messagesRight, placements, 'runs'),
    exactly(`optimised takes no more, ${where}`, row.optimisedNoMore, placements, 'runs'),
  ];
}

function run({ seed, settings, progress }: ExperimentContext): ExperimentReport {
  const placements = settings['placements']!;
  const bench = new Bench();
  const cells = TOPOLOGIES.flatMap((topology) => SIZES.map((n) => ({ topology, n })));
  const rows = cells.map(({ topology, n }, i) => {
    const row = measure(bench, topology, n, placements, seed);
    progress((i + 1) / cells.length);
    return row;
  });
  const pictured = rows.filter(({ n }) => n === SIZES.at(-1));
  const largest = Math.max(...pictured.map(({ basic }) => basic.mean));
  return {
    tables: [
      {
        title: 'Rounds and messages of an election, by topology',
        columns: [
          'topology',
          'n',
          'rounds = diameter',
          'directed edges',
          'messages',
          'diameter × edges',
          'optimised (95 %)',
        ],
        rows: rows.map(({ topology, n, diameter, edges, basic, expected, optimised }) => [
          ...[topology, n, topology === 'random' ? 'varies' : diameter, topology === 'random' ? 'varies' : edges],
          ...[basic.mean.toFixed(1), expected.mean.toFixed(1), optimised.tell(1)],
        ]),
      },
      {
        title: `Messages at n = ${SIZES.at(-1)}, basic above optimised`,
        columns: ['topology', 'messages', ''],
        rows: pictured.flatMap(({ topology, basic, optimised }) => [
          [topology, basic.mean.toFixed(1), bar(basic.mean, largest)],
          ['', optimised.mean.toFixed(1), bar(optimised.mean, largest)],
        ]),
      },
    ],
    comparisons: rows.flatMap((row) => comparisons(row, placements)),
    notes: [
      `${placements} random placements for each topology and n; of the random topology each time another graph, with n/2 edges drawn beside a random tree.`,
      'Every single run must take exactly as many rounds and messages as its graph says.',
    ],
    digest: bench.digest.toString(),
    runs: bench.runs,
    events: bench.events,
  };
}

export const floodMaxComplexity = defineExperiment({
  name: 'flood-max/complexity',
  summary: 'Rounds and messages of FloodMax on seven topologies: diameter rounds, diameter × directed edges messages.',
  teaches:
    'Edges cost messages and save rounds. Silence where there is no news saves most of the messages, and no round.',
  protocol: floodMax,
  source: 'Lynch 1996, section 4.1: diam rounds, diam · |E| messages',
  settings: { placements: { default: 60, summary: 'Random placements for each topology and n' } },
  run,
});

import { ms, type AnyProtocol } from '../../../engine/index.js';
import { changRoberts } from '../../../protocols/chang-roberts/protocol.js';
import { lcr } from '../../../protocols/lcr/protocol.js';
import type { Lcr } from '../../../protocols/lcr/shape.js';
import {
  compare,
  defineExperiment,
  type Comparison,
  type ExperimentContext,
  type ExperimentReport,
} from '../../experiment.js';
import { Z_9999 } from '../binomial.js';
import { bar, Bench, exactly, Mean } from '../measure.js';
import { harmonic, placement, ringMessages } from './rings.js';

const SIZES = [2, 4, 8, 16, 32];
const ROUND_MS = 10;

/** One election on a ring: what it took, the announcement aside. */
export interface Election {
  readonly messages: number;
  /** At the end of which round somebody knew that it leads; 0 where there are no rounds. */
  readonly rounds: number;
}

export interface Ring {
  readonly protocol: AnyProtocol;
  readonly hasRounds: boolean;
  elect(bench: Bench, identities: readonly number[], seed: string): Election;
}

export const changRobertsRing: Ring = {
  protocol: changRoberts,
  hasRounds: false,
  elect(bench, identities, seed) {
    const n = identities.length;
    const { result } = bench.run({
      protocol: changRoberts,
      nodes: n,
      seed,
      options: { identities },
      network: { latency: { uniform: [ms(1), ms(10)] } },
      until: ms(20 * 2 * n),
    });
    return { messages: result.statistics.sent - n, rounds: 0 };
  },
};

const lcrRing: Ring = {
  protocol: lcr,
  hasRounds: true,
  elect(bench, identities, seed) {
    const n = identities.length;
    const { result, simulation } = bench.run({
      protocol: lcr,
      nodes: n,
      seed,
      options: { identities, roundMs: ROUND_MS },
      network: { latency: { uniform: [ms(1), ms(9)] } },
      clocks: { offsetMax: ms(50), driftPpmMax: 50 },
      until: ms(ROUND_MS * (2 * n + 2)),
    });
    const states = simulation.world.nodes.map(({ volatile }) => volatile as Lcr['volatile']);
    const leader = states.find(({ status }) => status === 'leader');
    return { messages: result.statistics.sent - n, rounds: leader?.learnedInRound ?? NaN };
  },
};

interface Measured {
  readonly n: number;
  readonly messages: Mean;
  readonly best: number;
  readonly worst: number;
  readonly bestPlaced: number;
  readonly worstPlaced: number;
  /** Of the placements, in how many the count was what the placement says. */
  readonly asPlaced: number;
  readonly roundsAlways: number | null;
}

function measure(ring: Ring, bench: Bench, n: number, placements: number, seed: string): Measured {
  const messages = new Mean();
  const rounds = new Set<number>();
  let [best, worst, asPlaced] = [Infinity, 0, 0];
  const elect = (identities: readonly number[], label: string): number => {
    const election = ring.elect(bench, identities, `${seed} ${label}`);
    rounds.add(election.rounds);
    return election.messages;
  };
  for (let i = 0; i < placements; i++) {
    const identities = placement(seed, `${n} ${i}`, n);
    const took = elect(identities, `${n} ${i}`);
    messages.add(took);
    if (took === ringMessages(identities)) asPlaced++;
    best = Math.min(best, took);
    worst = Math.max(worst, took);
  }
  const rising = Array.from({ length: n }, (_, i) => i + 1);
  const bestPlaced = elect(rising, `${n} rising`);
  const worstPlaced = elect(rising.reverse(), `${n} falling`);
  const roundsAlways = rounds.size === 1 ? [...rounds][0]! : null;
  return { n, messages, best, worst, bestPlaced, worstPlaced, asPlaced, roundsAlways };
}

/**
 * The variance of the count over random placements is not in the literature that we cite, so the interval is from the sample:
 * for thousands of placements the mean is as good as normal.
 */
function comparisons({ hasRounds }: Ring, row: Measured, placements: number): Comparison[] {
  const { n, messages } = row;
  const margin = messages.margin(Z_9999);
  return [
    compare(`mean messages, n = ${n}: n·Hₙ`, messages.mean, n * harmonic(n), margin, 'messages'),
    exactly(`placements whose count is what they say, n = ${n}`, row.asPlaced, placements, 'placements'),
    exactly(`worst placement, n = ${n}: n(n + 1)/2`, row.worstPlaced, (n * (n + 1)) / 2, 'messages'),
    exactly(`best placement, n = ${n}: 2n − 1`, row.bestPlaced, 2 * n - 1, 'messages'),
    ...(hasRounds ? [exactly(`rounds until elected, n = ${n}: n`, row.roundsAlways ?? NaN, n, 'rounds')] : []),
  ];
}

/** What is measured of any algorithm on a ring. */
export function ringReport(ring: Ring, { seed, settings, progress }: ExperimentContext): ExperimentReport {
  const placements = settings['placements']!;
  const bench = new Bench();
  const rows = SIZES.map((n, i) => {
    const row = measure(ring, bench, n, placements, seed);
    progress((i + 1) / SIZES.length);
    return row;
  });
  const largest = rows.at(-1)!.worstPlaced;
  return {
    tables: [
      {
        title: 'Messages until somebody is elected (n more announce it)',
        columns: [
          'n',
          'mean (95 %)',
          'n·Hₙ',
          'seen',
          'worst',
          'n(n+1)/2',
          'best',
          '2n−1',
          ...(ring.hasRounds ? ['rounds'] : []),
        ],
        rows: rows.map(({ n, messages, best, worst, worstPlaced, bestPlaced, roundsAlways }) => [
          ...[n, messages.tell(), (n * harmonic(n)).toFixed(2), `${best} to ${worst}`],
          ...[worstPlaced, (n * (n + 1)) / 2, bestPlaced, 2 * n - 1],
          ...(ring.hasRounds ? [roundsAlways ?? 'differ'] : []),
        ]),
      },
      {
        title: 'The same as a picture',
        columns: ['n', 'placement', 'messages', ''],
        rows: rows.flatMap(({ n, messages, worstPlaced, bestPlaced }) =>
          (
            [
              ['best', bestPlaced],
              ['mean', messages.mean],
              ['n·Hₙ', n * harmonic(n)],
              ['worst', worstPlaced],
            ] as const
          ).map(([name, value]) => [n, name, value.toFixed(1), bar(value, largest)]),
        ),
      },
    ],
    comparisons: rows.flatMap((row) => comparisons(ring, row, placements)),
    notes: [
      `${placements} random placements of the numbers 1 to n for each n, all begin at once. Each count must also be what its own placement says.`,
      'Means must lie within 3.89 standard errors (99.99 %) of n·Hₙ; everything else exactly.',
    ],
    digest: bench.digest.toString(),
    runs: bench.runs,
    events: bench.events,
  };
}

export const changRobertsComplexity = defineExperiment({
  name: 'chang-roberts/complexity',
  summary: 'Messages of an election on a ring over thousands of placements, against n·Hₙ, n(n + 1)/2 and 2n − 1.',
  teaches:
    'Where the numbers lie decides what an election costs. A random placement is much nearer to the best than to the worst.',
  protocol: changRobertsRing.protocol,
  source: 'Chang, Roberts 1979: average n·Hₙ, worst n(n + 1)/2, n more to announce',
  settings: { placements: { default: 1500, summary: 'Random placements for each n' } },
  run: (context) => ringReport(changRobertsRing, context),
});

export const lcrComplexity = defineExperiment({
  name: 'lcr/complexity',
  summary:
    'Rounds and messages of an election on a synchronous ring over thousands of placements: n rounds, O(n²) messages.',
  teaches:
    'Rounds do not depend on the placement, messages do: as many as Chang and Roberts count, since it is their algorithm.',
  protocol: lcrRing.protocol,
  source: 'Lynch 1996, section 3.3: n rounds, O(n²) messages; Chang, Roberts 1979 for the average',
  settings: { placements: { default: 500, summary: 'Random placements for each n' } },
  run: (context) => ringReport(lcrRing, context),
});

import { Choices, ms, seconds, toInteger, type RunResult } from '../../../engine/index.js';
import { bully, type Bully } from '../../../protocols/bully/protocol.js';
import { defineExperiment, type Comparison, type ExperimentContext, type ExperimentReport } from '../../experiment.js';
import { bar, Bench, exactly } from '../measure.js';

type Variant = Bully['options']['variant'];

const SIZES = [4, 6, 8, 12, 16];
/** Longer than a run: nobody but the starter ever notices anything. */
const NEVER_MS = 1_000_000;

/** Who is down (the highest always is), and who notices it. Nodes are numbered from 1; n is the highest. */
interface Case {
  readonly n: number;
  readonly down: ReadonlySet<number>;
  readonly starter: number;
}

type Counts = Readonly<Record<string, number>>;

const TYPES: Readonly<Record<Variant, readonly string[]>> = {
  textbook: ['Election', 'Answer', 'Coordinator'],
  'garcia-molina': ['AreYouThere', 'Halt', 'NewCoordinator', 'Ready', 'Response'],
};

function hold(bench: Bench, variant: Variant, { n, down, starter }: Case, seed: string): Counts {
  const { result } = bench.run({
    protocol: bully,
    nodes: n,
    seed,
    options: { variant, electsAtStart: false, checkMs: NEVER_MS },
    network: { latency: { uniform: [ms(1), ms(10)] } },
    faults: [...down].map((node) => ({ do: 'crash', whom: `n${node}`, at: 0 }) as const),
    script: [{ at: ms(10), client: 'c1', request: 'elect', args: {}, target: `n${starter}` }],
    until: seconds(3),
    trace: 'events',
  });
  return countsOf(result, TYPES[variant]);
}

function countsOf({ trace }: RunResult, types: readonly string[]): Counts {
  const counts: Record<string, number> = Object.fromEntries(types.map((type) => [type, 0]));
  for (const { kind, name } of trace!.events()) {
    if (kind === 'send' && name !== undefined && name in counts) counts[name]!++;
  }
  return counts;
}

/** What the rules of either variant say of a case, by type of message. */
function expectedOf(variant: Variant, { n, down, starter }: Case): Counts {
  const up = Array.from({ length: n }, (_, i) => i + 1).filter((node) => !down.has(node));
  const leader = up.at(-1)!;
  if (variant === 'textbook') {
    // Who is up and not below the starter calls one election, and answers each that calls from below it.
    const callers = up.filter((node) => node >= starter);
    return {
      Election: callers.reduce((sum, caller) => sum + n - caller, 0),
      Answer: (callers.length * (callers.length - 1)) / 2,
      Coordinator: leader - 1,
    };
  }
  const followers = up.length - 1;
  const answering = up.filter((node) => node > starter).length;
  if (starter !== leader)
    return { AreYouThere: n - starter, Halt: 0, NewCoordinator: 0, Ready: 0, Response: answering };
  return {
    AreYouThere: n - leader,
    Halt: leader - 1,
    NewCoordinator: followers,
    Ready: followers,
    Response: 3 * followers,
  };
}

function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function isSame(one: Counts, other: Counts): boolean {
  return Object.keys(other).every((type) => one[type] === other[type]);
}

/** Every node but the highest is down with a chance of its own, drawn anew for each case; the starter is any that is up. */
function drawCase(seed: string, label: string, n: number): Case {
  const choices = new Choices(seed);
  const stream = choices.stream('case', label, 0);
  const density = choices.draw(stream) * 0.8;
  const starter = toInteger(choices.draw(stream), 1, n - 1);
  const down = new Set([n]);
  for (let node = 1; node < n; node++) if (node !== starter && choices.draw(stream) < density) down.add(node);
  return { n, down, starter };
}

interface Extremes {
  readonly n: number;
  readonly best: Counts;
  readonly worst: Counts;
  readonly paperBest: Counts;
  readonly paperLow: Counts;
}

function extremes(bench: Bench, n: number, seed: string): Extremes {
  const down = new Set([n]);
  return {
    n,
    best: hold(bench, 'textbook', { n, down, starter: n - 1 }, `${seed} best ${n}`),
    worst: hold(bench, 'textbook', { n, down, starter: 1 }, `${seed} worst ${n}`),
    paperBest: hold(bench, 'garcia-molina', { n, down, starter: n - 1 }, `${seed} paper ${n}`),
    paperLow: hold(bench, 'garcia-molina', { n, down, starter: 1 }, `${seed} low ${n}`),
  };
}

function textbookWorst(n: number): number {
  return (n - 1) * (n - 1) + (n - 2);
}

function comparisonsOf({ n, best, worst, paperBest, paperLow }: Extremes): Comparison[] {
  return [
    exactly(`textbook, best, n = ${n}: n − 2 COORDINATOR`, best['Coordinator']!, n - 2, 'messages'),
    exactly(`textbook, best, n = ${n}: and one ELECTION, to the dead`, total(best), n - 1, 'messages'),
    exactly(`textbook, worst, n = ${n}: (n − 1)² + (n − 2)`, total(worst), textbookWorst(n), 'messages'),
    exactly(`the paper's, highest survivor, n = ${n}: 6(n − 2) + 1`, total(paperBest), 6 * (n - 2) + 1, 'messages'),
    exactly(`the paper's, lowest, n = ${n}: 2n − 3, and no more`, total(paperLow), 2 * n - 3, 'messages'),
  ];
}

function randomCases(bench: Bench, variant: Variant, cases: number, seed: string, tick: () => void): Comparison[] {
  return SIZES.map((n) => {
    let right = 0;
    for (let i = 0; i < cases; i++) {
      const drawn = drawCase(seed, `${variant} ${n} ${i}`, n);
      const counts = hold(bench, variant, drawn, `${seed} ${variant} ${n} ${i}`);
      if (isSame(counts, expectedOf(variant, drawn))) right++;
    }
    tick();
    return exactly(
      `${variant}, n = ${n}: cases whose messages are those that the rules say, by type`,
      right,
      cases,
      'cases',
    );
  });
}

function run({ seed, settings, progress }: ExperimentContext): ExperimentReport {
  const cases = settings['cases']!;
  const bench = new Bench();
  const rows = SIZES.map((n) => extremes(bench, n, seed));
  let ticks = 0;
  const tick = (): void => progress(++ticks / (2 * SIZES.length));
  const drawn = (['textbook', 'garcia-molina'] as const).flatMap((v) => randomCases(bench, v, cases, seed, tick));
  const largest = total(rows.at(-1)!.worst);
  return {
    tables: [
      {
        title: 'Messages of one election after the highest of n nodes has crashed',
        columns: [
          'n',
          'textbook, best',
          'n − 1',
          'worst',
          '(n−1)² + (n−2)',
          "paper's, highest",
          '6(n−2) + 1',
          'lowest',
          '2n − 3',
        ],
        rows: rows.map(({ n, best, worst, paperBest, paperLow }) => [
          ...[n, `${total(best)} (${best['Coordinator']!} COORDINATOR)`, n - 1, total(worst), textbookWorst(n)],
          ...[total(paperBest), 6 * (n - 2) + 1, total(paperLow), 2 * n - 3],
        ]),
      },
      {
        title: 'The same as a picture',
        columns: ['n', 'case', 'messages', ''],
        rows: rows.flatMap(({ n, best, worst, paperBest }) =>
          (
            [
              ['textbook, best', best],
              ['paper’s, highest', paperBest],
              ['textbook, worst', worst],
            ] as const
          ).map(([name, counts]) => [n, name, total(counts), bar(total(counts), largest)]),
        ),
      },
    ],
    comparisons: [...rows.flatMap(comparisonsOf), ...drawn],
    notes: [
      'Textbook: ELECTION, ANSWER and COORDINATOR all count, those to crashed nodes too; every node notices nothing by itself. The often quoted n − 2 of the best case are the COORDINATOR alone.',
      'The paper’s own algorithm asks with calls and answers, three rounds of them; a lower node that finds somebody above alive sends nothing more, so there is no cascade. Calls and answers both count.',
      `${cases} random cases for each n and variant: any nodes down, any starter. The count of each type must be exactly what the rules say.`,
    ],
    digest: bench.digest.toString(),
    runs: bench.runs,
    events: bench.events,
  };
}

export const bullyComplexity = defineExperiment({
  name: 'bully/complexity',
  summary: 'Messages of an election by force, best and worst and in random cases, by the textbook and by the paper.',
  teaches:
    'Textbooks made it quadratic: everybody calls everybody above. The paper’s own version is linear, though it asks three times.',
  protocol: bully,
  source:
    'Garcia-Molina 1982; textbook: best n − 2 COORDINATOR messages, worst (n − 1)² + (n − 2) when the lowest starts',
  settings: { cases: { default: 300, summary: 'Random cases for each n and variant' } },
  run,
});

import { Digest, ms, seconds, Simulation } from '../../../engine/index.js';
import { twoGenerals } from '../../../protocols/two-generals/protocol.js';
import {
  defineExperiment,
  type Comparison,
  type ExperimentContext,
  type ExperimentReport,
  type Table,
} from '../../experiment.js';
import { compareFrequency, percent, wilson, Z_95 } from '../binomial.js';

const LOSSES = [0.1, 0.3, 0.5];
const MESSENGERS = [1, 2, 3];
const ACKNOWLEDGEMENTS = [0, 1, 3];

interface Cell {
  readonly loss: number;
  readonly messengers: number;
  readonly acknowledgements: number;
}

interface Counts {
  readonly both: number;
  readonly alone: number;
}

/** Many runs of the real protocol for each combination of loss, messengers and answers. */
export const lossAgainstConfidence = defineExperiment({
  name: 'two-generals/loss-against-confidence',
  summary: 'How often the order arrives, and how often a general attacks alone, by loss, messengers and answers.',
  teaches:
    'More messengers make it rare that a message gets lost altogether (p^k); more answers do not: they make a lonely attack rarer by ' +
    'making any attack rarer.',
  protocol: twoGenerals,
  source: 'Akkoyunlu, Ekanadham, Huber 1975; Gray 1978; independent losses: p^k',
  settings: { runs: { default: 2000, summary: 'Runs for each combination' } },
  run,
});

function run({ seed, settings, progress }: ExperimentContext): ExperimentReport {
  const runs = settings['runs']!;
  const cells = ACKNOWLEDGEMENTS.flatMap((acknowledgements) =>
    LOSSES.flatMap((loss) => MESSENGERS.map((messengers): Cell => ({ loss, messengers, acknowledgements }))),
  );
  const total = { digest: new Digest(), runs: 0, events: 0 };
  const arrivals: (string | number)[][] = [];
  const attacks: (string | number)[][] = [];
  const comparisons: Comparison[] = [];
  for (const [i, cell] of cells.entries()) {
    const counts = simulate(cell, runs, seed, total);
    (cell.acknowledgements === 0 ? arrivals : attacks).push(rowOf(cell, counts, runs));
    comparisons.push(...comparisonsOf(cell, counts, runs));
    progress((i + 1) / cells.length);
  }
  return {
    tables: tablesOf(arrivals, attacks),
    comparisons,
    notes: [
      `Each figure must lie where 99.99 % of frequencies over ${runs} runs lie that have the probability of the formula; the tables show Wilson’s 95 % intervals.`,
      'Losses are independent here; where they are not, messengers by the same road buy less.',
      'Rule: whoever has had the last message meant for him attacks. q = 1 − p^k, r answers: both attack q^(r+1), one alone q^r · (1 − q).',
    ],
    digest: total.digest.toString(),
    runs: total.runs,
    events: total.events,
  };
}

function simulate(
  cell: Cell,
  runs: number,
  seed: string,
  total: { digest: Digest; runs: number; events: number },
): Counts {
  const { loss, messengers, acknowledgements } = cell;
  let both = 0;
  let alone = 0;
  for (let i = 0; i < runs; i++) {
    const result = new Simulation({
      protocol: twoGenerals,
      nodes: ['a', 'b'],
      seed: `${seed} ${loss} ${messengers} ${acknowledgements} ${i}`,
      options: { messengers, acknowledgements },
      network: { loss, latency: { uniform: [ms(1), ms(10)] } },
      until: seconds(2),
      // A lonely attack is what is counted here: the run goes on until the other one has retreated, too.
      continueAfterViolation: true,
    }).run();
    const attackers = result.marks.get('attack') ?? 0;
    if (attackers === 2) both++;
    if (attackers === 1) alone++;
    total.digest.text(result.digest);
    total.runs++;
    total.events += result.events;
  }
  return { both, alone };
}

function rowOf(
  { loss, messengers, acknowledgements }: Cell,
  { both, alone }: Counts,
  runs: number,
): (string | number)[] {
  const { from, to } = wilson(alone, runs, Z_95);
  const measured = `${percent(alone / runs)} (${percent(from)} to ${percent(to)})`;
  const expected = percent(formulas({ loss, messengers, acknowledgements }).alone);
  const start = [percent(loss, 0), messengers];
  return acknowledgements === 0
    ? [...start, measured, expected]
    : [...start, acknowledgements, percent(both / runs), measured, expected];
}

function comparisonsOf(cell: Cell, { both, alone }: Counts, runs: number): Comparison[] {
  const { loss, messengers, acknowledgements } = cell;
  const expected = formulas(cell);
  const where = `p = ${loss}, k = ${messengers}`;
  return acknowledgements === 0
    ? [compareFrequency(`the order never arrives, ${where}`, alone, runs, expected.alone)]
    : [
        compareFrequency(`one attacks alone, ${where}, r = ${acknowledgements}`, alone, runs, expected.alone),
        compareFrequency(`both attack, ${where}, r = ${acknowledgements}`, both, runs, expected.both),
      ];
}

function formulas({ loss, messengers, acknowledgements }: Cell): { readonly both: number; readonly alone: number } {
  const arrives = 1 - power(loss, messengers);
  const before = power(arrives, acknowledgements);
  return { both: before * arrives, alone: before * (1 - arrives) };
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i++) result *= base;
  return result;
}

function tablesOf(arrivals: (string | number)[][], attacks: (string | number)[][]): Table[] {
  return [
    {
      title: 'The order alone: it never arrives',
      columns: ['loss p', 'messengers k', 'measured', 'p^k'],
      rows: arrivals,
    },
    {
      title: 'With answers',
      columns: ['loss p', 'messengers k', 'answers r', 'both attack', 'one alone', 'expected alone'],
      rows: attacks,
    },
  ];
}

import type { Spent } from '../budget.js';
import type { FormatOptions } from '../report/format-verdict.js';
import { painter, type Painter } from '../report/paint.js';
import { endedAfter } from '../report/spent.js';
import { shorten } from '../values.js';
import type { Anomaly, CycleStep, ShownTransaction } from './anomaly.js';
import type { IsolationVerdict } from './isolation-verdicts.js';
import { isolationLevels, type AnomalyName } from './levels.js';
import { describePhenomena, PHENOMENA } from './phenomena.js';
import { breaks, type TransactionsResult } from './transactions.js';
import type { WeakIsolationResult } from './weak-isolation.js';

const COLUMNS_MAX = 120;
const NAME_WIDTH = 34;
const ARROWS: Readonly<Record<CycleStep['type'], string>> = {
  ww: 'ww',
  wr: 'wr',
  rw: 'rw',
  process: 'session',
  realtime: 'time',
};

/** The verdict on transactions as a person reads it, several lines without a line end at the last: the evidence first. */
export function formatTransactions(result: TransactionsResult, options: FormatOptions = {}): string {
  const paint = painter(options.colour === true);
  const columns = options.columnsMax ?? COLUMNS_MAX;
  const counted = paint.dim(`${result.transactions} transactions, ${result.kind}`);
  if (result.consistency === 'all') return lattice(result, paint, counted, columns).join('\n');
  const lines = [`${head(result, paint)}   ${counted}`, ...openLevels(result, paint)];
  // What breaks the level asked for first; the rest in the order found.
  const rank = (anomaly: Anomaly): number => (breaks(anomaly, result.consistency) ? 0 : 1);
  const worst = [...result.anomalies].sort((a, b) => rank(a) - rank(b));
  for (const anomaly of worst) {
    // A long fork is also listed as the cycle that it is.
    if (anomaly.name !== 'long-fork') lines.push(...described(anomaly, paint, columns));
  }
  for (const [name, count] of Object.entries(result.counts)) {
    const shown = result.anomalies.filter((anomaly) => anomaly.name === (name as AnomalyName)).length;
    if (count > shown) lines.push(paint.dim(`  and ${count - shown} more of ${name}`));
  }
  if (result.verdict === 'ok' && result.not.length === 0) return lines.join('\n');
  lines.push(paint.dim(`  may still be: ${result.strongest.length === 0 ? 'nothing' : result.strongest.join(', ')}`));
  if (result.not.length > 0) lines.push(paint.dim(`  cannot be: ${result.not.join(', ')}, nor what is stronger`));
  return lines.join('\n');
}

/** The verdict of `weakIsolation` in the same way. */
export function formatWeakIsolation(result: WeakIsolationResult, options: FormatOptions = {}): string {
  const paint = painter(options.colour === true);
  const { verdict, consistency, exhausted = 'steps' } = result;
  const level = consistency.replaceAll('-', ' ');
  const counted = paint.dim(`${result.transactions} transactions, ${result.kind}`);
  if (verdict === 'undecided')
    return `${paint.unsure('?')} ${level} undecided: ${endedAfter(exhausted, result)}   ${counted}`;
  const head = verdict === 'ok' ? `${paint.good('✓')} ${level}` : `${paint.bad('✗')} not ${level}`;
  const found = result.anomalies.flatMap((one) => described(one, paint, options.columnsMax ?? COLUMNS_MAX));
  return [`${head}   ${counted}`, ...found].join('\n');
}

function head(result: TransactionsResult, paint: Painter): string {
  const level = result.consistency.replaceAll('-', ' ');
  if (result.verdict === 'violation') return `${paint.bad('✗')} not ${level}`;
  if (result.verdict === 'undecided')
    return `${paint.unsure('?')} ${level} undecided: ${endedAfter(result.exhausted ?? 'steps', result)}`;
  const found = result.anomalies.length === 0 ? '' : ', though there are anomalies that it allows';
  return `${paint.good('✓')} ${level}, as far as these show${found}`;
}

/** Where a budget ended: what is in the graph, and which levels were decided before. A set of transactions has no beginning that was fine. */
function openLevels({ levels, graph }: TransactionsResult, paint: Painter): string[] {
  const open = levels.filter(({ verdict }) => verdict === 'undecided').map(({ level }) => level);
  if (open.length === 0) return [];
  const held = levels.filter(({ verdict }) => verdict === 'ok').map(({ level }) => level);
  const missing = graph.complete ? '' : '; others found no room';
  return [
    paint.dim(`  in the graph: ${graph.transactions} transactions and ${graph.edges} edges${missing}`),
    paint.dim(`  open: ${open.length === levels.length ? 'every level' : open.join(', ')}`),
    paint.dim(`  not refuted, and looked at to the end: ${held.length === 0 ? 'none' : held.join(', ')}`),
  ];
}

/** Every level with what holds and what breaks, the phenomena of SQL, and the smallest evidence for each break. */
function lattice(result: TransactionsResult, paint: Painter, counted: string, columns: number): string[] {
  const { strongest, verdict, levels, counts } = result;
  const left = strongest.length === 0 ? 'nothing is left' : `may still be: ${strongest.join(', ')}`;
  const lines = [
    `${mark(verdict, paint)} ${left}   ${counted}`,
    ...levels.map((one) => row(one, result, paint, columns)),
    ...openLevels(result, paint).slice(0, 1),
    ...phenomenaSeen(result, paint),
  ];
  const found = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  if (found.length > 0) lines.push(paint.dim(`  found: ${found.join(', ')}`));
  for (const { level, evidence } of [...levels].reverse()) {
    if (evidence !== undefined) lines.push(`${paint.bad('✗')} not ${level}`, ...described(evidence, paint, columns));
  }
  return lines;
}

function mark(verdict: IsolationVerdict['verdict'], paint: Painter): string {
  return verdict === 'ok' ? paint.good('✓') : verdict === 'violation' ? paint.bad('✗') : paint.unsure('?');
}

function row(
  { level, verdict, follows, evidence, unjudged }: IsolationVerdict,
  spent: Spent,
  paint: Painter,
  columns: number,
): string {
  const why =
    unjudged !== undefined
      ? endedAfter(unjudged, spent)
      : follows !== undefined
        ? `${verdict === 'ok' ? 'follows from' : 'falls with'} ${follows}`
        : evidence !== undefined
          ? titleOf(evidence)
          : isolationLevels[level];
  return `  ${mark(verdict, paint)} ${level.padEnd(NAME_WIDTH)} ${paint.dim(shorten(why, columns - NAME_WIDTH - 5))}`;
}

function phenomenaSeen({ phenomena }: TransactionsResult, paint: Painter): string[] {
  const seen = PHENOMENA.filter((one) => phenomena[one] > 0);
  const unseen = PHENOMENA.filter((one) => phenomena[one] === 0);
  const counted = seen.map((one) => `${describePhenomena([one])} ${phenomena[one]}`).join(', ');
  return [
    `  phenomena of SQL: ${counted === '' ? 'none' : counted}${unseen.length === 0 ? '' : paint.dim(`; not seen: ${unseen.join(', ')}`)}`,
  ];
}

function titleOf({ name, alias, sql }: Anomaly): string {
  return `${[name, alias].filter((one) => one !== undefined).join(', ')}${sql === undefined ? '' : `   SQL: ${sql}`}`;
}

function described(anomaly: Anomaly, paint: Painter, columns: number): string[] {
  const names = [anomaly.name, anomaly.alias].filter((name) => name !== undefined);
  const sql = anomaly.sql === undefined ? '' : paint.dim(`   SQL: ${anomaly.sql}`);
  const title = `  ${paint.bad(names.join(', '))}${sql}`;
  const byId = new Map(anomaly.transactions.map((transaction) => [transaction.id, transaction]));
  if (anomaly.cycle.length === 0) {
    return [title, `    ${anomaly.says}`, ...anomaly.transactions.map((one) => paint.dim(line(one, columns)))];
  }
  const lines = [title];
  for (const step of anomaly.cycle) {
    lines.push(line(byId.get(step.from) as ShownTransaction, columns));
    lines.push(`      ↓ ${ARROWS[step.type].padEnd(7)} ${step.says}`);
  }
  lines.push(`    T${(anomaly.cycle[0] as CycleStep).from} again: it would come before itself`);
  return lines;
}

function line({ name, node, process, text, outcome }: ShownTransaction, columns: number): string {
  const answer = outcome === 'ok' ? '' : outcome === 'failed' ? '   (aborted)' : '   (never answered)';
  return `    ${shorten(`${name}  ${node ?? `p${process}`}  ${text}${answer}`, columns - 4)}`;
}

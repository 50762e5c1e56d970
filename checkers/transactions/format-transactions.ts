import type { FormatOptions } from '../report/format-verdict.js';
import { painter, type Painter } from '../report/paint.js';
import { shorten } from '../values.js';
import type { Anomaly, CycleStep, ShownTransaction } from './anomaly.js';
import { impliesLevel, type AnomalyName, type IsolationLevel } from './levels.js';
import type { TransactionsResult } from './transactions.js';
import type { WeakIsolationResult } from './weak-isolation.js';

const COLUMNS_MAX = 120;
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
  const lines = [`${head(result, paint)}   ${counted}`];
  const worst = [...result.anomalies].sort((a, b) => rank(a, result.consistency) - rank(b, result.consistency));
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
  const { verdict, consistency, exhausted } = result;
  const level = consistency.replaceAll('-', ' ');
  const counted = paint.dim(`${result.transactions} transactions, rw-register`);
  if (verdict === 'undecided')
    return `${paint.unsure('?')} ${level} undecided: the budget of ${exhausted} ended   ${counted}`;
  const head = verdict === 'ok' ? `${paint.good('✓')} ${level}` : `${paint.bad('✗')} not ${level}`;
  const found = result.anomalies.flatMap((one) => described(one, paint, options.columnsMax ?? COLUMNS_MAX));
  return [`${head}   ${counted}`, ...found].join('\n');
}

function head(result: TransactionsResult, paint: Painter): string {
  const level = result.consistency.replaceAll('-', ' ');
  if (result.verdict === 'violation') return `${paint.bad('✗')} not ${level}`;
  if (result.verdict === 'undecided')
    return `${paint.unsure('?')} ${level} undecided: the budget of ${result.exhausted} ended`;
  const found = result.anomalies.length === 0 ? '' : ', though there are anomalies that it allows';
  return `${paint.good('✓')} ${level}, as far as these show${found}`;
}

/** What breaks the level asked for first; the rest in the order found. */
function rank(anomaly: Anomaly, consistency: IsolationLevel): number {
  return anomaly.refutes.some((level) => impliesLevel(consistency, level)) ? 0 : 1;
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

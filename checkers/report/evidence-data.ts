import type { History } from '../../engine/history.js';
import type { ConsistencyResult } from '../consistency/consistency.js';
import { operationsOf, type Operation } from '../history/operation.js';
import type { LinearizabilityResult } from '../linearizability/verdict.js';
import { describe, type AnyModel } from '../models/model.js';
import type { Anomaly } from '../transactions/anomaly.js';
import type { AnomalyName } from '../transactions/levels.js';
import type { TransactionsResult } from '../transactions/transactions.js';
import { textOf, transactionsOf } from '../transactions/transaction.js';
import { showValue } from '../values.js';
import { bandsOf, type EvidenceBand } from './bands.js';

/** One bar. Times in µs; a place in the history where it has no times. */
export interface EvidenceBar {
  readonly id: number;
  /** Row. */
  readonly lane: number;
  readonly from: number;
  /** Null: it never surely returned. */
  readonly to: number | null;
  readonly text: string;
  readonly outcome: 'ok' | 'failed' | 'unknown';
  /** Number of its key in `keys`; -1 for none. */
  readonly key: number;
}

/** Something found, with the operations that it is about. */
export interface EvidenceFinding {
  readonly title: string;
  readonly says: string;
  readonly operations: readonly number[];
  /** The operation that fits nowhere; -1 for none. */
  readonly fitsNowhere: number;
  /** Orders of operations that do fit, longest first, each with the state in which it ends. */
  readonly orders: readonly { readonly operations: readonly number[]; readonly state: string }[];
  /** What goes round in a circle, each with its reason. */
  readonly steps: readonly (EvidenceArrow & { readonly says: string })[];
  /** What is drawn between bars: the circle, or who read, missed or overwrote whom. */
  readonly arrows: readonly EvidenceArrow[];
}

export interface EvidenceArrow {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** Everything that the picture of a verdict shows: plain data. */
export interface EvidenceData {
  readonly title: string;
  readonly verdict: 'ok' | 'violation' | 'undecided';
  readonly timed: boolean;
  readonly lanes: readonly string[];
  readonly keys: readonly string[];
  readonly bars: readonly EvidenceBar[];
  readonly bands: readonly EvidenceBand[];
  readonly findings: readonly EvidenceFinding[];
}

export interface EvidenceSource {
  readonly history: History;
  /** Faults and leaders, where the history itself does not tell of them. */
  readonly nemesis?: History | undefined;
  /** Undefined for transactions. */
  readonly model?: AnyModel | undefined;
  readonly linearizability?: LinearizabilityResult | undefined;
  readonly levels?: ConsistencyResult | undefined;
  readonly transactions?:
    | (Pick<TransactionsResult, 'verdict' | 'anomalies'> &
        Partial<Pick<TransactionsResult, 'strongest'>> & { readonly consistency: string })
    | undefined;
}

/** Gathers what a picture needs from a history and what was found about it. */
export function evidenceData(source: EvidenceSource): EvidenceData {
  const operations = operationsOf(source.history);
  const timed = operations.some(({ invokedAt, call }) => invokedAt !== call);
  const lanes = new Map<string, number>();
  const keys = new Map<string, number>();
  const numbered = (map: Map<string, number>, name: string): number => {
    const known = map.get(name);
    if (known !== undefined) return known;
    map.set(name, map.size);
    return map.size - 1;
  };
  const processes = [...new Set(operations.map(({ process }) => Number(process)))].sort((a, b) => a - b);
  for (const process of processes) numbered(lanes, `p${process}`);
  const texts = textsOf(source, operations);
  const bars = operations.map((operation, i): EvidenceBar => {
    const { id, process, outcome, key, call, invokedAt, returnedAt } = operation;
    const end = operation.return === Infinity ? null : timed ? (returnedAt ?? null) : operation.return;
    return {
      id,
      lane: numbered(lanes, `p${process}`),
      from: timed ? invokedAt : call,
      to: end,
      text: texts[i] as string,
      outcome,
      key: key === undefined ? -1 : numbered(keys, showValue(key)),
    };
  });
  const { verdict, title, findings } = foundOf(source);
  return {
    title,
    verdict,
    timed,
    lanes: [...lanes.keys()],
    keys: [...keys.keys()],
    bars,
    bands: bandsOf(source.nemesis ?? source.history, timed),
    findings,
  };
}

function textsOf({ history, model }: EvidenceSource, operations: readonly Operation[]): string[] {
  if (model !== undefined) return operations.map((operation) => describe(model, operation));
  return transactionsOf(history, 'auto').transactions.map(
    ({ id, operations: steps }) => `T${id}: ${steps.map(textOf).join(', ')}`,
  );
}

function foundOf({
  linearizability,
  levels,
  transactions,
}: EvidenceSource): Pick<EvidenceData, 'verdict' | 'title' | 'findings'> {
  if (transactions !== undefined) {
    const findings = transactions.anomalies.map((one): EvidenceFinding => ({
      title: [one.name, one.alias, one.sql && `SQL: ${one.sql}`].filter((name) => name !== undefined).join(', '),
      says: one.says,
      operations: one.transactions.map(({ id }) => id),
      fitsNowhere: -1,
      orders: [],
      ...circleOf(one.cycle),
      ...(one.cycle.length === 0 && { arrows: arrowsOf(one) }),
    }));
    const { verdict, consistency: level, strongest = [] } = transactions;
    const left = `may still be: ${strongest.length === 0 ? 'nothing' : strongest.join(', ')}`;
    return { verdict, title: level === 'all' ? left : headOf(verdict, level), findings };
  }
  const findings: EvidenceFinding[] = [];
  const linear = linearizability ?? levels?.linearizability;
  for (const { key, evidence } of linear?.keys ?? []) {
    if (evidence === undefined) continue;
    const text = evidence.part.find(({ id }) => id === evidence.fitsNowhere)?.text ?? '';
    findings.push({
      title: `not linearizable${key === undefined ? '' : ` (key ${showValue(key)})`}`,
      says: `${text} ${evidence.why}`,
      operations: evidence.part.map(({ id }) => id),
      fitsNowhere: evidence.fitsNowhere,
      orders: evidence.longest.map(({ order, state }) => ({ operations: order, state })),
      ...circleOf([]),
    });
  }
  for (const { level, evidence } of levels?.levels ?? []) {
    if (evidence === undefined) continue;
    findings.push({
      title: `not ${level}: ${evidence.pattern}`,
      says: evidence.says,
      operations: evidence.operations.map(({ id }) => id),
      fitsNowhere: -1,
      orders: [],
      ...circleOf(evidence.steps),
    });
  }
  if (levels === undefined)
    return { verdict: linear?.verdict ?? 'ok', title: headOf(linear?.verdict ?? 'ok', 'linearizable'), findings };
  const [only] = levels.levels;
  const holds = levels.strongest.length === 0 ? 'no level holds' : `holds: ${levels.strongest.join(', ')}`;
  const title = levels.levels.length === 1 && only !== undefined ? headOf(levels.verdict, only.level) : holds;
  return { verdict: levels.verdict, title, findings };
}

function circleOf(
  steps: readonly { readonly from: number; readonly to: number; readonly type: string; readonly says: string }[],
): Pick<EvidenceFinding, 'steps' | 'arrows'> {
  const labelled = steps.map(({ from, to, type, says }) => ({ from, to, label: type, says }));
  return { steps: labelled, arrows: labelled };
}

/** Of the two transactions of an anomaly that is no circle: what the second has to do with the first, and the first with the second. */
const BETWEEN: Readonly<Partial<Record<AnomalyName, readonly [there: string, back?: string]>>> = {
  'duplicate-append': ['wr'],
  G1a: ['wr'],
  G1b: ['wr'],
  'dirty-update': ['ww'],
  'fractured-read': ['wr', 'rw'],
  'lost-update': ['rw', 'rw'],
};

function arrowsOf({ name, transactions: [first, second] }: Anomaly): EvidenceArrow[] {
  if (first === undefined || second === undefined) return [];
  const [there, back] = BETWEEN[name] ?? [];
  return [
    ...(there === undefined ? [] : [{ from: first.id, to: second.id, label: there }]),
    ...(back === undefined ? [] : [{ from: second.id, to: first.id, label: back }]),
  ];
}

function headOf(verdict: EvidenceData['verdict'], level: string): string {
  return verdict === 'ok' ? level : verdict === 'violation' ? `not ${level}` : `${level}: undecided`;
}

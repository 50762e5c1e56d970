import type { History } from '../../engine/history.js';
import { nearestName } from '../values.js';
import { Findings, type Anomaly } from './anomaly.js';
import { Allowance, DEFAULT_BUDGET, type Budget, type Exhausted, type Spent } from '../budget.js';
import { findCycles } from './cycles.js';
import type { Cycle } from '../graph/cycle-search.js';
import { EdgeList, PROCESS, RW, WR } from '../graph/edges.js';
import {
  forbiddenAt,
  impliesLevel,
  LEVELS,
  standing,
  type AnomalyName,
  type IsolationLevel,
  type Standing,
} from './levels.js';
import { isolationVerdicts, type IsolationVerdict } from './isolation-verdicts.js';
import { analyseLists } from './list-append.js';
import { analyseRegisters } from './rw-register.js';
import { aliasOf, isLongFork, sentenceOf, stepsOf } from './sentences.js';
import { addProcessEdges, addRealTimeEdges } from './session-order.js';
import { Table, type Read } from './table.js';
import { phenomenonOf, type Phenomenon } from './phenomena.js';
import { transactionsOf, type TransactionKind } from './transaction.js';
import { findCyclicCommits } from './weak-isolation.js';

export interface TransactionOptions {
  /** What keys hold; `auto` looks for `append` and `w`. */
  readonly kind?: TransactionKind | 'auto';
  /** What the store promises: the verdict is about this level; `all`: about all of them. Strict serializable when left out. */
  readonly consistency?: IsolationLevel | 'all';
  /** For registers: take every key for linearizable on its own, so that real time orders its versions too. */
  readonly linearizableKeys?: boolean;
  readonly budget?: Partial<Budget>;
  /** Asked every few thousand steps. */
  readonly shouldStop?: () => boolean;
}

/** How much of the history was looked at: a budget may end before the graph has all its edges. */
export interface GraphTaken {
  readonly transactions: number;
  readonly edges: number;
  /** False where others found no room. */
  readonly complete: boolean;
}

export interface TransactionsResult extends Standing, Spent {
  /** `undecided`: nothing refutes the level asked for, but a budget ended before everything was looked at. */
  readonly verdict: 'ok' | 'violation' | 'undecided';
  readonly consistency: IsolationLevel | 'all';
  /** Every level, strongest first. */
  readonly levels: readonly IsolationVerdict[];
  readonly kind: TransactionKind;
  /** Transactions that counted: those that failed did nothing, those that nobody answered only if something of them was seen. */
  readonly transactions: number;
  /** Everything that was found, also what the level asked for allows; of each name the first few. */
  readonly anomalies: readonly Anomaly[];
  /** How often each was found. */
  readonly counts: Readonly<Partial<Record<AnomalyName, number>>>;
  /** How often each phenomenon of SQL was found. */
  readonly phenomena: Readonly<Record<Phenomenon, number>>;
  /** What was taken for granted. */
  readonly assumptions: readonly string[];
  /** Of dependencies, sessions and real time. */
  readonly graph: GraphTaken;
  readonly exhausted?: Exhausted;
}

/** Is the level asked for refuted by this anomaly? */
export function breaks({ refutes }: Pick<Anomaly, 'refutes'>, asked: IsolationLevel | 'all'): boolean {
  return refutes.some((weaker) => asked === 'all' || impliesLevel(asked, weaker));
}

/** What falls in either case: read uncommitted allows dirty reads, every other level forbids them. */
function orDirtyRead(level: IsolationLevel): IsolationLevel {
  return level.replace('read-uncommitted', 'read-committed') as IsolationLevel;
}

/** There is no such level of isolation. */
export class UnknownLevelError extends Error {
  readonly code = 'unknown-level';
  readonly hint: string;

  constructor(readonly given: string) {
    super(`no isolation level is called ${JSON.stringify(given)}`);
    this.name = 'UnknownLevelError';
    const near = nearestName(given, LEVELS);
    this.hint = near === undefined ? `Known: ${LEVELS.join(', ')}.` : `Is ${near} meant?`;
  }
}

/**
 * Which level of isolation do these transactions still allow? Anomalies are looked for as Elle does (Kingsbury and Alvaro,
 * VLDB 2020): some need no graph; the others are cycles of dependencies (Adya 1999), in linear time but for the shortest ones.
 *
 * Each event is one transaction whose value lists its steps: `['append', 'x', 1]`, `['w', 'x', 1]`, `['r', 'x', null]`. Each
 * value is written to a key once. `ok` says that nothing was found that the level forbids: for lists whose every append was read
 * this is proof for the levels defined by cycles; for registers, of whose versions little is known, it is not.
 *
 * @throws HistoryError when the history is not well-formed or holds something else.
 * @throws UnknownLevelError
 * @example
 * transactions(history).verdict;                                            // 'ok', 'violation' or 'undecided'
 * transactions(history, { consistency: 'snapshot-isolation' }).strongest;   // what may still hold
 * formatTransactions(transactions(history));                                // and why
 * transactions(history, { consistency: 'all' }).levels;                     // all levels, each with what breaks it
 */
export function transactions(history: History, options: TransactionOptions = {}): TransactionsResult {
  const consistency = options.consistency ?? 'strict-serializable';
  if (consistency !== 'all' && !LEVELS.includes(consistency)) throw new UnknownLevelError(consistency);
  const { kind, transactions: all } = transactionsOf(history, options.kind ?? 'auto');
  const table = new Table(all);
  const findings = new Findings(table);
  const allowance = new Allowance({ ...DEFAULT_BUDGET, ...options.budget }, options.shouldStop);
  // What is read, is looked at: only what is built of it may find no room.
  allowance.spend(all.reduce((sum, { operations }) => sum + operations.length, 0));
  const edges = new EdgeList(allowance.memory);
  const dependencies =
    kind === 'list-append'
      ? analyseLists(table, edges, findings)
      : analyseRegisters(table, edges, findings, { linearizableKeys: options.linearizableKeys === true });
  addProcessEdges(table, edges);
  addRealTimeEdges(table, edges);
  // Causal is decided for itself, by the other half.
  const half = allowance.part({ steps: Math.ceil(allowance.left / 2) });
  const { anyCycle, ranOut } = findCycles(edges.graph(all.length), findings.refuted, half, ({ name, cycle }) => {
    const steps = stepsOf(table, dependencies, cycle);
    // Nobody knows that they committed: if they did not, the reads that showed them were dirty (G1a).
    const perhapsAborted = cycle.nodes.some((t) => table.fates[t] === 'seen');
    const forbidden = [...forbiddenAt(name), ...(missesItsPast(cycle) ? (['causal'] as const) : [])];
    const refutes = forbidden.map((level) => (perhapsAborted ? orDirtyRead(level) : level));
    const phenomena = [...phenomenonOf(name), ...(missesWhatWasNotThere(table, cycle) ? (['P3'] as const) : [])];
    const more = { cycle: steps, alias: aliasOf(name, steps), refutes, phenomena };
    findings.add(name, cycle.nodes, () => sentenceOf(steps), more);
    if (isLongFork(name, steps)) findings.add('long-fork', cycle.nodes, () => sentenceOf(steps), { cycle: steps });
  });
  const exhausted = edges.truncated ? 'memory' : ranOut;
  edges.release();
  half.release();
  const causal = judgeCausal();
  const levels = isolationVerdicts({ refuted: findings.refuted, anomalies: findings.anomalies, exhausted, causal });
  const { verdict, unjudged } = verdictAbout(levels, consistency);
  return {
    verdict,
    consistency,
    levels,
    kind,
    transactions: all.reduce((sum, _, t) => sum + (table.tookEffect(t) ? 1 : 0), 0),
    anomalies: findings.anomalies,
    counts: Object.fromEntries(findings.counts),
    ...standing(findings.refuted),
    phenomena: findings.phenomena(),
    assumptions: dependencies.assumptions,
    graph: { transactions: all.length, edges: edges.size, complete: !edges.truncated },
    ...allowance.spent,
    ...(unjudged !== undefined && { exhausted: unjudged }),
  };

  /** Of lists, what breaks causal is a cycle of dependencies, too; of registers, not always. */
  function judgeCausal(): 'ok' | 'violation' | Exhausted {
    const broken = (): boolean => [...findings.refuted].some((weaker) => impliesLevel('causal', weaker));
    if (broken()) return 'violation';
    if (kind === 'list-append' && !anyCycle) return exhausted ?? 'ok';
    const open = findCyclicCommits(table, dependencies, 'causal', findings, allowance);
    return broken() ? 'violation' : (open ?? 'ok');
  }
}

function verdictAbout(
  levels: readonly IsolationVerdict[],
  asked: IsolationLevel | 'all',
): { verdict: IsolationVerdict['verdict']; unjudged: Exhausted | undefined } {
  const about = asked === 'all' ? levels : levels.filter(({ level }) => level === asked);
  const broken = about.some(({ verdict }) => verdict === 'violation');
  const open = about.find(({ verdict }) => verdict === 'undecided');
  return {
    verdict: broken ? 'violation' : open === undefined ? 'ok' : 'undecided',
    unjudged: open?.unjudged,
  };
}

/** Is what somebody missed among what it depends on, by reads and sessions? */
function missesItsPast({ kinds }: Cycle): boolean {
  return kinds.filter((kind) => kind === RW).length === 1 && kinds.every((kind) => (kind & (RW | WR | PROCESS)) !== 0);
}

/** Did somebody find nothing where another of them was about to write? That is a predicate (is there such an item?) that changed. */
function missesWhatWasNotThere(table: Table, { nodes, kinds, keys }: Cycle): boolean {
  return nodes.some(
    (t, i) =>
      kinds[i] === RW &&
      (table.readsOf[t] as Read[]).some(({ key, external, value }) => key === keys[i] && external && value === null),
  );
}

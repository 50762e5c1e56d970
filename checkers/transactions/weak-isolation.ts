import type { History } from '../../engine/history.js';
import { components, EdgeList, INFERRED, PROCESS, subgraph, WR, WW, type Graph } from '../graph/edges.js';
import { StepBudget, shortestCycles } from '../graph/cycle-search.js';
import { Findings, type Anomaly } from './anomaly.js';
import { CommitReasons, type FoundCircle } from './commit-reasons.js';
import type { ReadsFrom } from './dependencies.js';
import { observeLists } from './list-append.js';
import { observeRegisters } from './rw-register.js';
import { addProcessEdges } from './session-order.js';
import { Table } from './table.js';
import { transactionsOf, type TransactionKind } from './transaction.js';
import { VisibleWrites } from './visible-writes.js';

/** Levels that a polynomial algorithm decides (Biswas and Enea, OOPSLA 2019, arXiv 1908.04509). */
export type WeakLevel = 'read-committed' | 'read-atomic' | 'causal';

export const weakLevels = Object.freeze({
  'read-committed': 'after a transaction has read from another, it reads nothing that this one overwrote',
  'read-atomic': 'a transaction misses nothing of what it read from, and of what its session did before',
  causal:
    'a transaction misses nothing that it depends on, and one order of all transactions explains who overwrote whom',
} as const satisfies Record<WeakLevel, string>);

export interface WeakIsolationResult {
  readonly verdict: 'ok' | 'violation' | 'undecided';
  readonly consistency: WeakLevel;
  readonly kind: TransactionKind;
  readonly transactions: number;
  readonly anomalies: readonly Anomaly[];
  readonly exhausted?: 'edges' | 'memory';
}

const EDGES_MAX = 40_000_000;
const STEPS_MAX = 20_000_000;

/**
 * Is there an order in which the transactions of a history may have committed, that keeps session order and who read from whom, and
 * in which no read returns what was overwritten before by something that the reader must see? What it must see is what sets the
 * levels apart: see `weakLevels`. Of lists, this order also is the one in which they grew. Both `ok` and `violation` are proof.
 *
 * Edges that follow are inferred as in AWDIT: O(n^1.5) for the first two, O(n · sessions) for causal.
 *
 * @throws HistoryError as `transactions` does.
 */
export function weakIsolation(
  history: History,
  level: WeakLevel,
  wanted: TransactionKind | 'auto' = 'auto',
): WeakIsolationResult {
  const { kind, transactions: all } = transactionsOf(history, wanted);
  const table = new Table(all);
  const findings = new Findings(table);
  const reads =
    kind === 'list-append'
      ? observeLists(table, findings, level !== 'read-committed')
      : observeRegisters(table, findings);
  const exhausted = findCyclicCommits(table, reads, level, findings);
  const broken = findings.anomalies.length > 0;
  return {
    verdict: broken ? 'violation' : exhausted === undefined ? 'ok' : 'undecided',
    consistency: level,
    kind,
    transactions: all.reduce((sum, _, t) => sum + (table.tookEffect(t) ? 1 : 0), 0),
    anomalies: findings.anomalies,
    ...(!broken && exhausted !== undefined && { exhausted }),
  };
}

/**
 * Looks for a circle of what must have committed before what, and reports the first one.
 *
 * @returns what ran out before all was looked at.
 */
export function findCyclicCommits(
  table: Table,
  reads: ReadsFrom,
  level: WeakLevel,
  findings: Findings,
): 'edges' | 'memory' | undefined {
  const n = table.transactions.length;
  const edges = new EdgeList(EDGES_MAX);
  const visible = new VisibleWrites(table, reads);
  visible.addReadsFrom(edges);
  addProcessEdges(table, edges);
  const given = edges.graph(n);
  reads.addVersions(edges);
  // Where session order and reads alone are a circle, nobody knows what must be seen.
  const inferable = components(given, PROCESS | WR).length === 0;
  const infer = (before: number, after: number, key: number): void => edges.add(before, after, INFERRED, key);
  const memory = inferable && !visible.infer(level, infer);
  const reasons = new CommitReasons(table, reads, given, visible, level);
  const missed = visible.initialMissed;
  const found = missed !== undefined ? reasons.ofMissed(missed) : firstCircle(edges.graph(n), reasons);
  if (found !== undefined) {
    const more = level === 'causal' ? { alias: 'causality violation' } : { refutes: [] };
    findings.add('cyclic-commits', found.transactions, () => found.says, { cycle: found.cycle, ...more });
  }
  return edges.truncated ? 'edges' : memory ? 'memory' : undefined;
}

const KINDS = PROCESS | WR | WW | INFERRED;

function firstCircle(graph: Graph, reasons: CommitReasons): FoundCircle | undefined {
  const wanted = { start: KINDS, rest: KINDS, pattern: 'any' } as const;
  for (const members of components(graph, KINDS)) {
    const part = subgraph(graph, members, KINDS);
    const cycle = [...shortestCycles(part, wanted, new StepBudget(STEPS_MAX))].at(-1);
    if (cycle !== undefined) {
      return reasons.ofCircle({ ...cycle, nodes: cycle.nodes.map((node) => members[node] as number) });
    }
  }
  return undefined;
}

import type { History } from '../../engine/history.js';
import { components, EdgeList, INFERRED, NODE_BYTES, PROCESS, subgraph, WR, WW, type Graph } from '../graph/edges.js';
import { Allowance, DEFAULT_BUDGET, type Budget, type Exhausted, type Spent } from '../budget.js';
import { shortestCycles } from '../graph/cycle-search.js';
import { Findings, type Anomaly } from './anomaly.js';
import { CommitReasons, type FoundCircle } from './commit-reasons.js';
import type { ReadsFrom } from './dependencies.js';
import type { WeakLevel } from './levels.js';
import { observeLists } from './list-append.js';
import { observeRegisters } from './rw-register.js';
import { addProcessEdges } from './session-order.js';
import { Table } from './table.js';
import { transactionsOf, type TransactionKind } from './transaction.js';
import { VisibleWrites } from './visible-writes.js';

export interface WeakIsolationResult extends Spent {
  readonly verdict: 'ok' | 'violation' | 'undecided';
  readonly consistency: WeakLevel;
  readonly kind: TransactionKind;
  readonly transactions: number;
  readonly anomalies: readonly Anomaly[];
  readonly exhausted?: Exhausted;
}

export interface WeakIsolationOptions {
  readonly kind?: TransactionKind | 'auto';
  readonly budget?: Partial<Budget>;
  /** Asked every few thousand steps. */
  readonly shouldStop?: () => boolean;
}

const SHORTEST_STEPS_MAX = 20_000_000;

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
  options: WeakIsolationOptions = {},
): WeakIsolationResult {
  const { kind, transactions: all } = transactionsOf(history, options.kind ?? 'auto');
  const allowance = new Allowance({ ...DEFAULT_BUDGET, ...options.budget }, options.shouldStop);
  const table = new Table(all);
  const findings = new Findings(table);
  const reads =
    kind === 'list-append'
      ? observeLists(table, findings, level !== 'read-committed')
      : observeRegisters(table, findings);
  const exhausted = findCyclicCommits(table, reads, level, findings, allowance);
  const broken = findings.anomalies.length > 0;
  return {
    verdict: broken ? 'violation' : exhausted === undefined ? 'ok' : 'undecided',
    consistency: level,
    kind,
    transactions: all.reduce((sum, _, t) => sum + (table.tookEffect(t) ? 1 : 0), 0),
    anomalies: findings.anomalies,
    ...allowance.spent,
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
  allowance: Allowance,
): Exhausted | undefined {
  const n = table.transactions.length;
  const noRoom = allowance.take(n, n * NODE_BYTES);
  if (noRoom !== undefined) return noRoom;
  const edges = new EdgeList(allowance.memory);
  const visible = new VisibleWrites(table, reads);
  visible.addReadsFrom(edges);
  addProcessEdges(table, edges);
  const given = edges.graph(n);
  allowance.spend(edges.size);
  reads.addVersions(edges);
  // Where session order and reads alone are a circle, nobody knows what must be seen.
  const inferable = components(given, PROCESS | WR).length === 0;
  const infer = (before: number, after: number, key: number): void => edges.add(before, after, INFERRED, key);
  const untold = inferable ? visible.infer(level, infer, allowance) : undefined;
  const reasons = new CommitReasons(table, reads, given, visible, level, allowance);
  const missed = visible.initialMissed;
  const unseen = allowance.take(edges.size + n);
  const found =
    missed !== undefined ? reasons.ofMissed(missed) : (unseen ?? firstCircle(edges.graph(n), reasons, allowance));
  edges.release();
  allowance.memory.give(n * NODE_BYTES);
  if (typeof found === 'object') {
    const more = level === 'causal' ? { alias: 'causality violation' } : { refutes: [] };
    findings.add('cyclic-commits', found.transactions, () => found.says, { cycle: found.cycle, ...more });
  }
  if (typeof found === 'object') return undefined;
  return edges.truncated ? 'memory' : (untold ?? found);
}

const KINDS = PROCESS | WR | WW | INFERRED;

function firstCircle(graph: Graph, reasons: CommitReasons, allowance: Allowance): FoundCircle | Exhausted | undefined {
  const wanted = { start: KINDS, rest: KINDS, pattern: 'any' } as const;
  const members = components(graph, KINDS)[0];
  if (members === undefined) return undefined;
  const part = subgraph(graph, members, KINDS);
  const cycle = [...shortestCycles(part, wanted, allowance.part({ steps: SHORTEST_STEPS_MAX }))].at(-1);
  // A component has one: only that it was not met can keep it from being shown.
  if (cycle === undefined) return 'steps';
  return reasons.ofCircle({ ...cycle, nodes: cycle.nodes.map((node) => members[node] as number) });
}

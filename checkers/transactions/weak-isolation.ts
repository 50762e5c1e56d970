import type { History } from '../../engine/history.js';
import { components, EdgeList, PROCESS, subgraph, WR, WW, type Graph } from '../graph/edges.js';
import { StepBudget, shortestCycles } from '../graph/cycle-search.js';
import { showValue } from '../values.js';
import { Findings, type Anomaly, type CycleStep } from './anomaly.js';
import { observeRegisters } from './rw-register.js';
import { sentenceOf } from './sentences.js';
import { addProcessEdges } from './session-order.js';
import { Table, type Write } from './table.js';
import { transactionsOf } from './transaction.js';
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
  readonly transactions: number;
  readonly anomalies: readonly Anomaly[];
  readonly exhausted?: 'edges' | 'memory';
}

const EDGES_MAX = 40_000_000;
const STEPS_MAX = 20_000_000;

/**
 * Is there an order in which the transactions of a history of registers may have committed, that keeps session order and who read
 * from whom, and in which no read returns what was overwritten before by something that the reader must see? What it must see is
 * what sets the levels apart: see `weakLevels`. Both `ok` and `violation` are proof.
 *
 * Edges that follow are inferred as in AWDIT: O(n^1.5) for the first two, O(n · sessions) for causal.
 *
 * @throws HistoryError as `transactions` does.
 */
export function weakIsolation(history: History, level: WeakLevel): WeakIsolationResult {
  const { transactions: all } = transactionsOf(history, 'rw-register');
  const table = new Table(all);
  const findings = new Findings(table);
  observeRegisters(table, findings);
  const edges = new EdgeList(EDGES_MAX);
  const visible = new VisibleWrites(table);
  visible.addReadsFrom(edges);
  addProcessEdges(table, edges);
  const before = edges.graph(all.length);
  const circle = components(before, PROCESS | WR)[0];
  let memory = false;
  if (circle === undefined) {
    if (level === 'read-committed') visible.readCommitted(edges);
    else if (level === 'read-atomic') visible.readAtomic(edges);
    else memory = !visible.causal(edges);
  }
  const graph = edges.graph(all.length);
  const found = visible.initialMissed ?? firstCircle(table, graph);
  if (found !== undefined) {
    findings.add('cyclic-commits', found.transactions, () => found.says, { cycle: found.cycle, refutes: [] });
  }
  const exhausted = edges.truncated ? 'edges' : memory ? 'memory' : undefined;
  const broken = findings.anomalies.length > 0;
  return {
    verdict: broken ? 'violation' : exhausted === undefined ? 'ok' : 'undecided',
    consistency: level,
    transactions: all.reduce((sum, _, t) => sum + (table.tookEffect(t) ? 1 : 0), 0),
    anomalies: findings.anomalies,
    ...(!broken && exhausted !== undefined && { exhausted }),
  };
}

interface Found {
  readonly transactions: readonly number[];
  readonly says: string;
  readonly cycle: readonly CycleStep[];
}

const KINDS = PROCESS | WR | WW;

function firstCircle(table: Table, graph: Graph): Found | undefined {
  for (const members of components(graph, KINDS)) {
    const part = subgraph(graph, members, KINDS);
    let nodes: readonly number[] = [];
    let steps: CycleStep[] = [];
    for (const cycle of shortestCycles(
      part,
      { start: KINDS, rest: KINDS, pattern: 'any' },
      new StepBudget(STEPS_MAX),
    )) {
      nodes = cycle.nodes.map((node) => members[node] as number);
      steps = nodes.map((from, i) => {
        const to = nodes[(i + 1) % nodes.length] as number;
        return stepOf(table, from, to, cycle.kinds[i] as number, cycle.keys[i] as number);
      });
    }
    if (nodes.length > 0) return { transactions: nodes, says: sentenceOf(steps), cycle: steps };
  }
  return undefined;
}

function stepOf(table: Table, from: number, to: number, kind: number, key: number): CycleStep {
  const [a, b] = [table.nameOf(from), table.nameOf(to)];
  const common = { from: table.transaction(from).id, to: table.transaction(to).id };
  if (kind === PROCESS)
    return { ...common, type: 'process', says: `process ${table.transaction(from).process} did ${a} before ${b}` };
  const name = table.key(key).name;
  const wrote = (t: number): string => {
    const write = (table.writesOf[t] as Write[]).findLast((one) => one.key === key);
    return showValue(write?.value);
  };
  if (kind === WR)
    return {
      ...common,
      type: 'wr',
      key: name,
      says: `${b} read ${showValue(name)} = ${wrote(from)}, which ${a} wrote`,
    };
  const says = `somebody read ${showValue(name)} = ${wrote(to)} of ${b} who had to see ${a}’s ${wrote(from)}, which therefore came before`;
  return { ...common, type: 'ww', key: name, says };
}

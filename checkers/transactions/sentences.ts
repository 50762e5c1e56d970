import type { CycleStep } from './anomaly.js';
import type { Cycle } from '../graph/cycle-search.js';
import type { Dependencies } from './dependencies.js';
import { PROCESS, REALTIME, RW, WR, WW } from '../graph/edges.js';
import type { Table } from './table.js';

const TYPES = new Map<number, CycleStep['type']>([
  [WW, 'ww'],
  [WR, 'wr'],
  [RW, 'rw'],
  [PROCESS, 'process'],
  [REALTIME, 'realtime'],
]);

/** The arrows of a cycle with a reason for each. Several in a row of the session, or of real time, are one. */
export function stepsOf(table: Table, dependencies: Dependencies, cycle: Cycle): CycleStep[] {
  const { nodes, kinds, keys } = joined(cycle);
  return nodes.map((from, i) => {
    const to = nodes[(i + 1) % nodes.length] as number;
    const kind = kinds[i] as number;
    const key = keys[i] as number;
    const common = {
      from: table.transaction(from).id,
      to: table.transaction(to).id,
      type: TYPES.get(kind) as CycleStep['type'],
    };
    if (kind === PROCESS) {
      const { process } = table.transaction(from);
      return { ...common, says: `process ${process} did ${table.nameOf(from)} before ${table.nameOf(to)}` };
    }
    if (kind === REALTIME) {
      return { ...common, says: `${table.nameOf(from)} had returned before ${table.nameOf(to)} was called` };
    }
    return { ...common, key: table.key(key).name, says: dependencies.explain(from, to, kind, key) };
  });
}

/** Session and real time are transitive: two such edges in a row say no more than one. */
function joined({ nodes, kinds, keys }: Cycle): Cycle {
  const turn = kinds.findIndex((kind, i) => !continues(kinds[(i + kinds.length - 1) % kinds.length] as number, kind));
  const at = (i: number): number => (turn + i) % nodes.length;
  const kept = nodes
    .map((_, i) => at(i))
    .filter((i, n) => n === 0 || !continues(kinds[at(n - 1)] as number, kinds[i] as number));
  return {
    nodes: kept.map((i) => nodes[i] as number),
    kinds: kept.map((i) => kinds[i] as number),
    keys: kept.map((i) => keys[i] as number),
  };
}

function continues(before: number, kind: number): boolean {
  return before === kind && (kind === PROCESS || kind === REALTIME);
}

/** One sentence for the whole cycle, ending where it began. */
export function sentenceOf(steps: readonly CycleStep[]): string {
  const first = steps[0] as CycleStep;
  return `${steps.map((step) => step.says).join('; then ')}: so T${first.from} would come before itself`;
}

/** What textbooks call a cycle of this shape, where they have a name for it. */
export function aliasOf(name: string, steps: readonly CycleStep[]): string | undefined {
  const types = steps.map((step) => step.type).join();
  if (name === 'G0') return 'dirty write';
  if (name === 'G1c') return 'circular information flow';
  if (name === 'G-single') return 'read skew';
  if (name === 'G-single-realtime' && steps.length === 2) return 'stale read';
  if (isLongFork(name, steps)) return 'long fork';
  if (name === 'G2-item' && types === 'rw,rw') return 'write skew';
  return undefined;
}

/** Two writers, two readers, and each reader saw one writer only: snapshots that forked. */
export function isLongFork(name: string, steps: readonly CycleStep[]): boolean {
  const types = steps.map((step) => step.type).join();
  return name === 'G-nonadjacent' && (types === 'wr,rw,wr,rw' || types === 'rw,wr,rw,wr');
}

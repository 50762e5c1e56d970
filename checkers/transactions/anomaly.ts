import type { ProcessId, Value } from '../../engine/history.js';
import type { Micros } from '../../engine/time.js';
import { showValue } from '../values.js';
import { forbiddenAt, type AnomalyName, type IsolationLevel } from './levels.js';
import { describePhenomena, PHENOMENA, phenomenonOf, type Phenomenon } from './phenomena.js';
import type { Table } from './table.js';
import { textOf } from './transaction.js';

/** A transaction as evidence shows it: plain data, enough to draw it as a bar or a box. */
export interface ShownTransaction {
  /** The `index` of its invocation. */
  readonly id: number;
  readonly name: string;
  readonly process: ProcessId;
  readonly node?: string;
  readonly text: string;
  readonly outcome: 'ok' | 'failed' | 'unknown';
  /** Positions in the history; null when it never surely returned. */
  readonly call: number;
  readonly return: number | null;
  readonly invokedAt: Micros;
  readonly returnedAt: Micros | null;
}

/** One arrow of a cycle: `from` comes before `to`. */
export interface CycleStep {
  /** `id`s of transactions. */
  readonly from: number;
  readonly to: number;
  /** Overwrote, was read by, was missed by; did before in one session; ended before the other began. */
  readonly type: 'ww' | 'wr' | 'rw' | 'process' | 'realtime';
  readonly key?: Value;
  /** How this is known: `T4 read x = [1] without T2's append of 2`. */
  readonly says: string;
}

export interface Anomaly {
  readonly name: AnomalyName;
  /** What textbooks call it, where that is another name. */
  readonly alias?: string;
  /** What the SQL standard, or the critique of it (Berenson et al., 1995), calls it: `write skew (A5B)`. */
  readonly sql?: string;
  /** The same by its codes. */
  readonly phenomena: readonly Phenomenon[];
  readonly says: string;
  /** The weakest levels that it refutes. */
  readonly refutes: readonly IsolationLevel[];
  readonly key?: Value;
  readonly transactions: readonly ShownTransaction[];
  /** Empty for anomalies that are no cycles. The last step ends where the first began. */
  readonly cycle: readonly CycleStep[];
}

const SHOWN_MAX = 4;

/** Gathers anomalies: of each name the first few whole, and the smallest; of the others the number. */
export class Findings {
  readonly counts = new Map<AnomalyName, number>();
  readonly refuted = new Set<IsolationLevel>();
  readonly anomalies: Anomaly[] = [];
  private readonly seen = new Map<Phenomenon, number>();

  constructor(private readonly table: Table) {}

  /**
   * @param says asked only for those that are kept.
   * @param involved numbers of transactions.
   */
  add(
    name: AnomalyName,
    involved: readonly number[],
    says: () => string,
    more: {
      key?: Value;
      cycle?: readonly CycleStep[];
      alias?: string | undefined;
      phenomena?: readonly Phenomenon[];
      refutes?: readonly IsolationLevel[];
    } = {},
  ): void {
    const refutes = more.refutes ?? forbiddenAt(name);
    const phenomena = more.phenomena ?? phenomenonOf(name);
    const isNew = refutes.some((level) => !this.refuted.has(level));
    for (const level of refutes) this.refuted.add(level);
    for (const one of phenomena) this.seen.set(one, (this.seen.get(one) ?? 0) + 1);
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    const at = this.placeFor(name, count, isNew, involved.length, refutes);
    if (at === undefined) return;
    const sql = describePhenomena(phenomena);
    this.anomalies[at] = {
      name,
      ...(more.alias !== undefined && { alias: more.alias }),
      ...(sql !== '' && { sql }),
      phenomena,
      says: says(),
      refutes,
      ...(more.key !== undefined && { key: more.key }),
      transactions: [...new Set(involved)].map((t) => shown(this.table, t)),
      cycle: more.cycle ?? [],
    };
  }

  /** Where to keep it: at the end, or instead of a larger one that refutes the same. */
  private placeFor(
    name: AnomalyName,
    count: number,
    isNew: boolean,
    size: number,
    refutes: readonly IsolationLevel[],
  ): number | undefined {
    if (count <= SHOWN_MAX || isNew) return this.anomalies.length;
    const larger = this.anomalies.findIndex(
      (one) => one.name === name && sizeOf(one) > size && one.refutes.every((level) => refutes.includes(level)),
    );
    return larger === -1 ? undefined : larger;
  }

  /** How often each phenomenon of SQL was found. */
  phenomena(): Readonly<Record<Phenomenon, number>> {
    return Object.fromEntries(PHENOMENA.map((one) => [one, this.seen.get(one) ?? 0])) as Record<Phenomenon, number>;
  }
}

function shown(table: Table, t: number): ShownTransaction {
  const transaction = table.transaction(t);
  return {
    id: transaction.id,
    name: table.nameOf(t),
    process: transaction.process,
    ...(transaction.node !== undefined && { node: transaction.node }),
    text: transaction.operations
      .map((step) => (step.f === 'r' && transaction.outcome !== 'ok' ? `r ${showValue(step.key)}` : textOf(step)))
      .join(', '),
    outcome: transaction.outcome,
    call: transaction.call,
    return: transaction.return === Infinity ? null : transaction.return,
    invokedAt: transaction.invokedAt,
    returnedAt: transaction.returnedAt ?? null,
  };
}

export function sizeOf({ cycle, transactions }: Pick<Anomaly, 'cycle' | 'transactions'>): number {
  return Math.max(cycle.length, transactions.length);
}

import type { History, HistoryEvent, ProcessId, Value } from '../../engine/history.js';
import type { Micros } from '../../engine/time.js';
import type { Operation } from '../history/operation.js';
import { UNENDED, type EndVisitor, type Pairing } from '../history/pairing.js';
import { counts, type AnyModel, type OperationRule } from '../models/model.js';
import { ValueMap } from '../value-map.js';

/** A register that is linearizable. */
export interface OrderedRegister {
  readonly key: Value | undefined;
  /** How many counted. */
  readonly operations: number;
  readonly linearisation: readonly number[];
}

const NONE = -1;
const NEVER = 0x7fffffff;

/** What the columns below take, the pairing of the events, and the table of values: an event's share, at most. */
export const ZONES_BYTES_PER_EVENT = 128;

/**
 * The register monitor (`monitors/register.ts`) for all keys at once, for the common case that there is nothing to explain:
 * it looks at each operation once, while its events are walked over, and keeps what it knows in typed columns. To make an
 * object of each operation, and to come back to it, takes longer than Gibbons and Korach's rule. Zones begin at places of the
 * history, no two at one: so they are put there, for all keys together, and need no sorting.
 *
 * Gives up where something is no register of which each value is written once, or not linearizable, or nothing that the model
 * can take: the monitor and the search know why.
 */
export class RegistersByZones implements EndVisitor {
  private qualifies = true;
  private readonly at = new AtOperation();
  private f: string | undefined;
  private rule: OperationRule<unknown> | undefined;
  // By operation: its id, the cluster of its value, and in it the next read.
  private readonly ids: Float64Array;
  private readonly clusterOf: Int32Array;
  private readonly nextRead: Int32Array;
  // By cluster, the write of a value and all reads of it, from 1. Each key has one for its first value, `initials`.
  private readonly keyOf: Int32Array;
  private readonly write: Int32Array;
  private readonly firstRead: Int32Array;
  private readonly firstReturn: Int32Array;
  private readonly lastCall: Int32Array;
  private clusters = 1;
  // By key.
  private readonly keys: (Value | undefined)[] = [];
  private readonly firstOf: number[] = [];
  private readonly counted: number[] = [];
  private readonly initials: number[] = [];
  private readonly valuesOf: ValueMap<number>[] = [];
  private readonly keyIds = new ValueMap<number>();

  /** Can any operation of the model qualify? */
  static fits(model: AnyModel): boolean {
    return model.apart !== true && Object.values(model.operations).some((rule) => rule.writes !== undefined);
  }

  constructor(
    private readonly history: History,
    private readonly model: AnyModel,
  ) {
    const room = history.length;
    this.ids = new Float64Array(room);
    this.clusterOf = new Int32Array(room);
    this.nextRead = new Int32Array(room);
    // Each operation brings at most one value and one key.
    this.keyOf = new Int32Array(2 * room + 1);
    this.write = new Int32Array(2 * room + 1);
    this.firstRead = new Int32Array(2 * room + 1);
    this.firstReturn = new Int32Array(2 * room + 1);
    this.lastCall = new Int32Array(2 * room + 1);
  }

  /** Puts the operation to its value. */
  ended(i: number, call: number, invocation: HistoryEvent, at: number, end: HistoryEvent | undefined): void {
    if (!this.qualifies) return;
    const { model } = this;
    const operation = this.at.move(invocation, call, end, at);
    if (operation.f !== this.f) this.rule = model.rule((this.f = operation.f));
    const { rule } = this;
    if (rule === undefined || rule.badInput?.(operation.input) !== undefined) return this.giveUp();
    if (operation.outcome === 'failed' && !counts(model, operation)) return;
    const key = this.keyIdOf(operation.key);
    this.counted[key]!++;
    if (i < (this.firstOf[key] as number)) this.firstOf[key] = i;
    const pure = typeof rule.pure === 'function' ? rule.pure(operation) : rule.pure === true;
    if (pure && operation.return === Infinity) return;
    const reads = rule.reads?.(operation);
    const value = pure ? reads : rule.writes?.(operation);
    if (value === undefined || (!pure && reads !== undefined)) return this.giveUp();
    const cluster = this.clusterAt(key, value);
    if (!pure) {
      if (this.write[cluster] !== NONE || cluster === this.initials[key]) return this.giveUp();
      this.write[cluster] = i;
    }
    this.ids[i] = operation.id;
    this.clusterOf[i] = cluster;
    const returned = operation.return === Infinity ? NEVER : at;
    if (returned < (this.firstReturn[cluster] as number)) this.firstReturn[cluster] = returned;
    if (call > (this.lastCall[cluster] as number)) this.lastCall[cluster] = call;
  }

  private giveUp(): void {
    this.qualifies = false;
  }

  /** All keys in the order in which they appear, each in an order that explains it; undefined where there is more to find out. */
  ordered({ size, calls, ends }: Pairing): readonly OrderedRegister[] | undefined {
    for (let i = 0; i < size && this.qualifies; i++) {
      if (ends[i] !== UNENDED) continue;
      const call = calls[i] as number;
      this.ended(i, call, this.history[call] as HistoryEvent, UNENDED, undefined);
    }
    if (!this.qualifies || !this.areFounded(calls)) return undefined;
    this.listReads(size);
    return this.inOrder();
  }

  private keyIdOf(name: Value | undefined): number {
    let key = this.keyIds.get(name);
    if (key !== undefined) return key;
    key = this.keys.push(name) - 1;
    this.keyIds.set(name, key);
    this.counted.push(0);
    this.firstOf.push(NEVER);
    const values = new ValueMap<number>();
    this.valuesOf.push(values);
    this.initials.push(this.newCluster(key));
    values.set(this.model.init(), this.initials[key] as number);
    return key;
  }

  private clusterAt(key: number, value: Value): number {
    const values = this.valuesOf[key] as ValueMap<number>;
    let cluster = values.get(value);
    if (cluster === undefined) values.set(value, (cluster = this.newCluster(key)));
    return cluster;
  }

  private newCluster(key: number): number {
    const cluster = this.clusters++;
    this.keyOf[cluster] = key;
    this.write[cluster] = NONE;
    this.firstRead[cluster] = NONE;
    this.firstReturn[cluster] = NEVER;
    this.lastCall[cluster] = NONE;
    return cluster;
  }

  /** Was every value that was read also written, and not read before that? */
  private areFounded(calls: Int32Array): boolean {
    for (const initial of this.initials) this.firstReturn[initial] = NONE;
    for (let cluster = 1; cluster < this.clusters; cluster++) {
      if (!this.hasZone(cluster)) continue;
      const write = this.write[cluster] as number;
      if (write === NONE || (this.firstReturn[cluster] as number) < (calls[write] as number)) return false;
    }
    return true;
  }

  /** Not the values that nobody saw: as if never written. Nor the first ones, which stand before everything. */
  private hasZone(cluster: number): boolean {
    const returned = this.firstReturn[cluster];
    return returned !== NEVER && returned !== NONE;
  }

  private inOrder(): OrderedRegister[] | undefined {
    const orders = this.keys.map((): number[] => []);
    // Of each key, where the latest forward zone ends.
    const forwardEnd = this.keys.map(() => NONE);
    for (const [key, initial] of this.initials.entries()) {
      forwardEnd[key] = this.lastCall[initial] as number;
      this.append(initial, orders[key] as number[]);
    }
    const clusterAt = this.clustersByBegin();
    for (let begin = 0; begin < clusterAt.length; begin++) {
      const cluster = clusterAt[begin] as number;
      if (cluster === 0) continue;
      const key = this.keyOf[cluster] as number;
      const called = this.lastCall[cluster] as number;
      const isForward = begin !== called;
      const until = forwardEnd[key] as number;
      // One that begins inside a forward zone must be a backward one, and end behind it: in a forward one the first return comes first.
      if ((this.firstReturn[cluster] as number) < until) return undefined;
      if (isForward) forwardEnd[key] = called;
      this.append(cluster, orders[key] as number[]);
    }
    const byFirst = [...this.keys.keys()].sort((a, b) => (this.firstOf[a] as number) - (this.firstOf[b] as number));
    return byFirst.map((key) => ({
      key: this.keys[key],
      operations: this.counted[key] as number,
      linearisation: orders[key] as number[],
    }));
  }

  /** For each place of the history, the cluster whose zone begins there. */
  private clustersByBegin(): Int32Array {
    const clusterAt = new Int32Array(this.history.length);
    for (let cluster = 1; cluster < this.clusters; cluster++) {
      if (!this.hasZone(cluster)) continue;
      clusterAt[Math.min(this.firstReturn[cluster] as number, this.lastCall[cluster] as number)] = cluster;
    }
    return clusterAt;
  }

  /** Of each cluster, in the order of their calls. */
  private listReads(size: number): void {
    for (let i = size - 1; i >= 0; i--) {
      const cluster = this.clusterOf[i] as number;
      if (cluster === 0 || this.write[cluster] === i) continue;
      this.nextRead[i] = this.firstRead[cluster] as number;
      this.firstRead[cluster] = i;
    }
  }

  private append(cluster: number, order: number[]): void {
    const write = this.write[cluster] as number;
    if (write !== NONE) order.push(this.ids[write] as number);
    for (let i = this.firstRead[cluster] as number; i !== NONE; i = this.nextRead[i] as number) {
      order.push(this.ids[i] as number);
    }
  }
}

/** One operation after the other in the place of one object: what rules are asked about is gone when they have answered. */
class AtOperation implements Operation {
  id = 0;
  process: ProcessId = 0;
  f = '';
  key: Value | undefined = undefined;
  input: Value = null;
  output: Value | undefined = undefined;
  outcome: Operation['outcome'] = 'unknown';
  error: string | undefined = undefined;
  node: string | undefined = undefined;
  call = 0;
  return = Infinity;
  invokedAt = 0 as Micros;
  returnedAt: Micros | undefined = undefined;

  move(invocation: HistoryEvent, call: number, end: HistoryEvent | undefined, endAt: number): this {
    this.id = invocation.index;
    this.process = invocation.process;
    this.f = invocation.f;
    this.key = invocation.key;
    this.input = invocation.value;
    this.call = call;
    this.invokedAt = invocation.time;
    const returned = end !== undefined && end.type !== 'info';
    this.outcome = !returned ? 'unknown' : end.type === 'ok' ? 'ok' : 'failed';
    this.output = end?.type === 'ok' ? end.value : undefined;
    this.error = end?.error;
    this.node = end?.node ?? invocation.node;
    this.return = returned ? endAt : Infinity;
    this.returnedAt = returned ? end.time : undefined;
    return this;
  }
}

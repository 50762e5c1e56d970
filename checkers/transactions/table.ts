import type { Value } from '../../engine/history.js';
import { HistoryError, type HistoryProblem } from '../history/well-formed.js';
import { canonical, showValue } from '../values.js';
import type { MicroOperation, Transaction } from './transaction.js';

type Atom = string | number | bigint | boolean | null;

/** What a Map finds equal exactly when the values are. */
export function atomOf(value: Value): Atom {
  if (typeof value === 'object' && value !== null) return `\u0000${canonical(value)}`;
  if (typeof value === 'string' && value.startsWith('\u0000')) return `\u0000${canonical(value)}`;
  return value;
}

/** One write of one value: there is at most one for each value of a key. */
export interface Write {
  /** Number of its transaction, in the order of the calls. */
  readonly by: number;
  readonly key: number;
  readonly value: Value;
  /** Which step of its transaction. */
  readonly step: number;
  /** The write of the same transaction to this key before this one. */
  readonly previous: Write | undefined;
  /** No later step of the same transaction writes this key. */
  final: boolean;
  /** Of lists: some read shows it. */
  seen: boolean;
  /** Of lists: where it stands among the versions; -1 where it does not. */
  place: number;
  /** Of lists: the last look at a read that came by it. */
  look: number;
}

/** One read of a transaction that committed. */
export interface Read {
  readonly by: number;
  readonly key: number;
  readonly value: Value;
  readonly step: number;
  /** The transaction had not written the key before. */
  readonly external: boolean;
}

export interface Key {
  readonly name: Value;
  readonly writes: Map<Atom, Write>;
  readonly reads: Read[];
}

/** Failed; committed; of unknown outcome and never seen; of unknown outcome, but something of it was read. */
export type Fate = 'aborted' | 'committed' | 'unseen' | 'seen';

/** Who wrote and who read what, by key. */
export class Table {
  readonly keys: Key[] = [];
  readonly fates: Fate[];
  /** The transactions that touch a key again after they wrote or read it. */
  readonly returning: number[] = [];
  /** Writes and reads of each transaction, in its order. */
  readonly writesOf: Write[][] = [];
  readonly readsOf: Read[][] = [];
  private readonly keyIds = new Map<Atom, number>();
  private readonly problems: HistoryProblem[] = [];

  /** @throws HistoryError when two transactions, neither of which failed, write the same value to the same key. */
  constructor(readonly transactions: readonly Transaction[]) {
    this.fates = transactions.map(({ outcome }) =>
      outcome === 'ok' ? 'committed' : outcome === 'failed' ? 'aborted' : 'unseen',
    );
    for (const [t, transaction] of transactions.entries()) this.enter(transaction, t);
    if (this.problems.length > 0) throw new HistoryError(this.problems);
  }

  private enter(transaction: Transaction, t: number): void {
    // Most transactions only read or only write: they share one empty list.
    let writes: Write[] = NO_WRITES;
    let reads: Read[] = NO_READS;
    let returns = false;
    const { operations } = transaction;
    for (let step = 0; step < operations.length; step++) {
      const { f, key: name, value } = operations[step] as MicroOperation;
      const key = this.keyOf(name);
      const last = lastOf(writes, key);
      returns ||= last !== undefined || touches(operations, step, name);
      if (f === 'r') {
        if (transaction.outcome !== 'ok') continue;
        const read: Read = { by: t, key, value, step, external: last === undefined };
        if (reads === NO_READS) reads = [read];
        else reads.push(read);
        (this.keys[key] as Key).reads.push(read);
      } else {
        if (last !== undefined) last.final = false;
        const write: Write = { by: t, key, value, step, previous: last, final: true, seen: false, place: -1, look: 0 };
        if (writes === NO_WRITES) writes = [write];
        else writes.push(write);
        this.claim(write, transaction);
      }
    }
    if (returns) this.returning.push(t);
    this.writesOf.push(writes);
    this.readsOf.push(reads);
  }

  private claim(write: Write, transaction: Transaction): void {
    const { writes, name } = this.keys[write.key] as Key;
    const atom = atomOf(write.value);
    const first = writes.get(atom);
    // What surely failed may be tried again with the same value.
    if (first === undefined || (this.fates[first.by] === 'aborted' && first.by !== write.by)) writes.set(atom, write);
    else if (this.fates[write.by] !== 'aborted' || first.by === write.by) {
      this.problems.push({
        code: 'bad-input',
        at: transaction.call,
        index: transaction.id,
        message: `writes ${showValue(write.value)} to ${showValue(name)}, as ${this.nameOf(first.by)} does`,
        expected: 'a value that was not written to this key before',
        hint: 'Who wrote what was read can only be told when every value is written once: count them up.',
      });
    }
  }

  private keyOf(name: Value): number {
    const atom = atomOf(name);
    const known = this.keyIds.get(atom);
    if (known !== undefined) return known;
    const id = this.keys.length;
    this.keyIds.set(atom, id);
    this.keys.push({ name, writes: new Map(), reads: [] });
    return id;
  }

  key(id: number): Key {
    return this.keys[id] as Key;
  }

  /** Its effects are part of what the store holds. */
  tookEffect(t: number): boolean {
    const fate = this.fates[t];
    return fate === 'committed' || fate === 'seen';
  }

  /** Somebody read something of this transaction: if nobody knew, now it is known that it committed. */
  see(t: number): void {
    if (this.fates[t] === 'unseen') this.fates[t] = 'seen';
  }

  transaction(t: number): Transaction {
    return this.transactions[t] as Transaction;
  }

  nameOf(t: number): string {
    return `T${this.transaction(t).id}`;
  }
}

const NO_WRITES: Write[] = [];
const NO_READS: Read[] = [];

function lastOf(writes: readonly Write[], key: number): Write | undefined {
  for (let i = writes.length - 1; i >= 0; i--) if ((writes[i] as Write).key === key) return writes[i];
  return undefined;
}

/** Did an earlier step name the same key? */
function touches(operations: readonly MicroOperation[], end: number, name: Value): boolean {
  const atom = atomOf(name);
  for (let i = 0; i < end; i++) if (atomOf((operations[i] as MicroOperation).key) === atom) return true;
  return false;
}

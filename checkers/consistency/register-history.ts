import type { ProcessId, Value } from '../../engine/history.js';
import { HistoryError, type HistoryProblem } from '../history/well-formed.js';
import type { Operation } from '../history/operation.js';
import { describe, isPure, type AnyModel } from '../models/model.js';
import { ValueMap } from '../value-map.js';
import { canonical, sameValue, showValue } from '../values.js';

/** What a read saw instead of a write: the initial value, or what nobody can have written. */
export const INITIAL = -1;
export const THIN_AIR = -2;

/**
 * Reads and writes of several clients, every value of a key written at most once, so that it is known whose write each
 * read saw. Operations are numbered in the order of their calls. Reads that were not answered, and unanswered writes that
 * nobody read, are left out: whatever explains the others explains the history without them. Unanswered writes of which
 * something was read took effect.
 */
export class RegisterHistory {
  readonly size: number;
  /** Number of its client, and its place among what that client did. */
  readonly session: Int32Array;
  readonly position: Int32Array;
  readonly key: Int32Array;
  /** 1: a write. */
  readonly writes: Uint8Array;
  /** Of a read: the write that it saw, or INITIAL or THIN_AIR. */
  readonly from: Int32Array;
  /** What each client did, in its order. */
  readonly sessions: readonly (readonly number[])[];
  readonly keys: readonly string[];
  private readonly writersByKey: (readonly (readonly number[])[] | undefined)[];

  constructor(
    readonly model: AnyModel,
    readonly operations: readonly Operation[],
    /** Writes that surely failed or that nobody answered or saw: only who reads nonsense is compared with them. */
    readonly leftOut: readonly Operation[],
  ) {
    const n = (this.size = operations.length);
    this.session = new Int32Array(n);
    this.position = new Int32Array(n);
    this.key = new Int32Array(n);
    this.writes = new Uint8Array(n);
    this.from = new Int32Array(n).fill(THIN_AIR);
    const sessions = new Map<ProcessId, number>();
    const bySession: number[][] = [];
    const keys = new ValueMap<number>();
    const names: string[] = [];
    const writers: ValueMap<number>[] = [];
    const initial: unknown = model.init();
    for (const [i, operation] of operations.entries()) {
      let s = sessions.get(operation.process);
      if (s === undefined) {
        s = sessions.size;
        sessions.set(operation.process, s);
        bySession.push([]);
      }
      this.session[i] = s;
      this.position[i] = (bySession[s] as number[]).push(i) - 1;
      let k = keys.get(operation.key);
      if (k === undefined) {
        keys.set(operation.key, (k = names.push(keyName(operation)) - 1));
        writers.push(new ValueMap());
      }
      this.key[i] = k;
      if (isPure(model, operation)) continue;
      this.writes[i] = 1;
      (writers[k] as ValueMap<number>).set(model.rule(operation.f)?.writes?.(operation), i);
    }
    for (const [i, operation] of operations.entries()) {
      if (this.writes[i] === 1) continue;
      const seen = model.rule(operation.f)?.reads?.(operation);
      const writer = (writers[this.key[i] as number] as ValueMap<number>).get(seen);
      this.from[i] = writer ?? (sameValue(seen, initial) ? INITIAL : THIN_AIR);
    }
    this.sessions = bySession;
    this.keys = names;
    this.writersByKey = names.map(() => undefined);
    this.byKey();
  }

  private byKey(): void {
    const lists: number[][][] = this.keys.map(() => []);
    for (const ops of this.sessions) {
      for (const i of ops) {
        if (this.writes[i] === 0) continue;
        const list = lists[this.key[i] as number] as number[][];
        const last = list.at(-1);
        if (last !== undefined && this.session[last[0] as number] === this.session[i]) last.push(i);
        else list.push([i]);
      }
    }
    for (const [k, list] of lists.entries()) this.writersByKey[k] = list;
  }

  /** The writes of a key, a list for each client that wrote it, in that client's order. */
  writersOf(key: number): readonly (readonly number[])[] {
    return this.writersByKey[key] ?? [];
  }

  /** The part with these operations; reads whose write is not among them go too. */
  part(keep: readonly number[]): RegisterHistory {
    const kept = new Set(keep);
    const chosen = keep.filter((i) => {
      const from = this.from[i] as number;
      return this.writes[i] === 1 || from < 0 || kept.has(from);
    });
    return new RegisterHistory(
      this.model,
      chosen.sort((a, b) => a - b).map((i) => this.operations[i] as Operation),
      this.leftOut,
    );
  }

  text(i: number): string {
    return describe(this.model, this.operations[i] as Operation);
  }

  client(i: number): string {
    return `p${(this.operations[i] as Operation).process}`;
  }

  keyNameOf(operation: Operation): string {
    return keyName(operation);
  }
}

/** Of writes in a client's order, the last one whose place is below `end`; -1 when there is none. */
export function lastBelow(history: RegisterHistory, list: readonly number[], end: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((history.position[list[middle] as number] as number) < end) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? -1 : (list[low - 1] as number);
}

function keyName(operation: Operation): string {
  return operation.key === undefined ? '' : canonical(operation.key);
}

interface KnownValue {
  write: Operation | undefined;
  read: boolean;
}

/** What is known of each value of each key. */
class ByKeyAndValue {
  private readonly keys = new ValueMap<ValueMap<KnownValue>>();

  at(key: Value | undefined, value: Value | undefined): KnownValue {
    let values = this.keys.get(key);
    if (values === undefined) this.keys.set(key, (values = new ValueMap()));
    let known = values.get(value);
    if (known === undefined) values.set(value, (known = { write: undefined, read: false }));
    return known;
  }
}

/**
 * The reads and writes of a history.
 *
 * @param operations as `operationsOf` gives them.
 * @throws HistoryError for operations that neither only read nor only write, and for values written twice.
 */
export function registerHistory(model: AnyModel, operations: readonly Operation[]): RegisterHistory {
  const problems: HistoryProblem[] = [];
  const initial: unknown = model.init();
  const values = new ByKeyAndValue();
  const candidates: Operation[] = [];
  const leftOut: Operation[] = [];
  const problem = (operation: Operation, message: string, expected: string, hint: string): void => {
    problems.push({ code: 'bad-input', at: operation.call, index: operation.id, message, expected, hint });
  };
  for (const operation of operations) {
    const rule = model.rule(operation.f);
    const reads = rule?.reads?.(operation);
    const pure = isPure(model, operation);
    const written = pure ? undefined : rule?.writes?.(operation);
    if (operation.outcome === 'failed') {
      if (written !== undefined) leftOut.push(operation);
      continue;
    }
    if (pure ? operation.outcome === 'ok' && reads === undefined : written === undefined || reads !== undefined) {
      const hint = 'Only linearizable and sequential are judged with other operations than read and write.';
      problem(operation, `${operation.f} is neither a read nor a write`, 'read and write', hint);
    } else if (pure) {
      if (operation.outcome !== 'ok') continue;
      values.at(operation.key, reads).read = true;
      candidates.push(operation);
    } else {
      const value = values.at(operation.key, written);
      const first = value.write;
      const hint = 'Who wrote what was read can only be told when every value is written once: count them up.';
      if (sameValue(written, initial))
        problem(operation, `${describe(model, operation)} writes the initial value`, 'another value', hint);
      else if (first !== undefined)
        problem(
          operation,
          `${describe(model, operation)} writes ${showValue(written)} again, as event ${first.id} did`,
          'a value that was not written to this key before',
          hint,
        );
      value.write = operation;
      candidates.push(operation);
    }
  }
  if (problems.length > 0) throw new HistoryError(problems);
  const counted = candidates.filter((operation) => {
    if (operation.outcome === 'ok') return true;
    const written = model.rule(operation.f)?.writes?.(operation);
    if (values.at(operation.key, written).read) return true;
    leftOut.push(operation);
    return false;
  });
  return new RegisterHistory(model, counted, leftOut);
}

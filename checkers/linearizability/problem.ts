import type { Operation } from '../history/operation.js';
import { isPure, type AnyModel } from '../models/model.js';
import { spareOperations } from '../models/spare.js';
import { stepsOf, stepwise } from '../models/steps.js';
import { ValueMap } from '../value-map.js';
import { PairTable } from './pair-table.js';

/** Optional operations of one kind: any number of them may take effect, the earliest invoked first. */
export interface OptionalGroup {
  readonly kind: number;
  /** When each can take effect from, rising. */
  readonly calls: Int32Array;
  readonly operations: readonly Operation[];
}

/**
 * One object's operations as the search wants them. Those that returned are numbered in the order of their calls;
 * each sits in a *slot*, in which no two overlap, so that a bit a slot says which of the open ones are still to be ordered.
 */
export interface Problem {
  /** By single steps. */
  readonly model: AnyModel;
  readonly operations: readonly Operation[];
  readonly call: Int32Array;
  readonly return: Int32Array;
  readonly slot: Int32Array;
  readonly slots: number;
  readonly kind: Int32Array;
  readonly pure: Uint8Array;
  /**
   * Are there operations of one kind, not pure, that are open at once? Of those only the one that returns first need be
   * taken: in any order that takes another first, the two can change places.
   */
  readonly twins: boolean;
  readonly optional: readonly OptionalGroup[];
  readonly kinds: readonly Operation[];
}

/**
 * What preparing takes at most: up to 110 bytes an operation stay, `Supply` and `foresee` included, as measured on 50,000 operations
 * of seven models; tables of kinds and of different values take twice as much besides while operations are told apart.
 */
export const PROBLEM_BYTES_PER_OPERATION = 384;

/**
 * Prepares the operations of one object.
 *
 * @param cut only what returned at or before this place of the history must take effect, what returned later may.
 */
export function problemOf(model: AnyModel, operations: readonly Operation[], cut = Infinity): Problem {
  const mustHappen = (operation: Operation): boolean => operation.return <= cut && operation.return !== Infinity;
  const object = stepwise(model);
  let whole = operations;
  let possible: readonly Operation[] = [];
  if (!operations.every(mustHappen)) {
    whole = operations.filter(mustHappen);
    possible = operations.filter((operation) => !mustHappen(operation));
  }
  const required = stepsOf(model, whole);
  const kinds = new Kinds(operations.length);
  const n = required.length;
  const kind = new Int32Array(n);
  const pure = new Uint8Array(n);
  const calls = new Int32Array(n);
  const returns = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const operation = required[i] as Operation;
    kind[i] = kinds.of(operation);
    pure[i] = isPure(object, operation) ? 1 : 0;
    calls[i] = operation.call;
    returns[i] = operation.return;
  }
  const { slot, slots } = slotsOf(calls, returns);
  return {
    model: object,
    operations: required,
    call: calls,
    return: returns,
    slot,
    slots,
    kind,
    pure,
    twins: hasTwins(calls, returns, kind, pure, kinds.samples.length),
    optional: optionalGroups(stepsOf(model, wanted(model, whole, possible)), kinds),
    kinds: kinds.samples,
  };
}

/** Optional operations that change something that somebody may have seen; the others can be left out from the start. */
function wanted(model: AnyModel, required: readonly Operation[], possible: readonly Operation[]): readonly Operation[] {
  if (possible.length === 0) return possible;
  const spare = spareOperations(model, required, possible);
  return possible.filter((operation) => !spare.has(operation));
}

function optionalGroups(possible: readonly Operation[], kinds: Kinds): OptionalGroup[] {
  const groups = new Map<number, Operation[]>();
  for (const operation of possible) {
    const kind = kinds.of(operation);
    const group = groups.get(kind);
    if (group === undefined) groups.set(kind, [operation]);
    else group.push(operation);
  }
  return [...groups].map(([kind, members]) => ({
    kind,
    calls: Int32Array.from(members, (operation) => operation.call),
    operations: members,
  }));
}

const OUTCOMES: readonly Operation['outcome'][] = ['ok', 'failed', 'unknown'];

/** Operations with the same name, input and outcome behave alike. */
class Kinds {
  readonly samples: Operation[] = [];
  private readonly values = new ValueMap<number>();
  private known = 0;
  // Name and outcome; with the error; with the input; with the output.
  private readonly named = new PairTable();
  private readonly failed = new PairTable();
  private readonly asked: PairTable;
  private readonly answered: PairTable;
  // Of the operation before, without its values: mostly the next one is called the same.
  private last: Operation | undefined;
  private lastCalled = 0;

  constructor(operations: number) {
    this.asked = new PairTable(operations);
    this.answered = new PairTable(operations);
  }

  of(operation: Operation): number {
    const { f, outcome, error, input, output } = operation;
    const { last } = this;
    if (last === undefined || f !== last.f || outcome !== last.outcome || error !== last.error) {
      this.last = operation;
      this.lastCalled = this.called(operation);
    }
    const asked = this.asked.number(this.lastCalled, this.valueOf(input));
    const kind = this.answered.number(asked, this.valueOf(output));
    if (kind === this.samples.length) this.samples.push(operation);
    return kind;
  }

  private called({ f, outcome, error }: Operation): number {
    const named = this.named.number(this.valueOf(f), OUTCOMES.indexOf(outcome));
    return this.failed.number(named, this.valueOf(error));
  }

  private valueOf(value: unknown): number {
    let id = this.values.get(value);
    if (id === undefined) this.values.set(value, (id = this.known++));
    return id;
  }
}

function hasTwins(calls: Int32Array, returns: Int32Array, kind: Int32Array, pure: Uint8Array, kinds: number): boolean {
  const busyUntil = new Int32Array(kinds).fill(-1);
  for (let i = 0; i < calls.length; i++) {
    if (pure[i] === 1) continue;
    const busy = busyUntil[kind[i] as number] as number;
    if (busy > (calls[i] as number)) return true;
    busyUntil[kind[i] as number] = Math.max(busy, returns[i] as number);
  }
  return false;
}

/** First fit in the order of the calls: as many slots as operations are open at once. */
function slotsOf(calls: Int32Array, returns: Int32Array): { slot: Int32Array; slots: number } {
  const slot = new Int32Array(calls.length);
  const busyUntil: number[] = [];
  for (let i = 0; i < calls.length; i++) {
    let s = 0;
    while (s < busyUntil.length && (busyUntil[s] as number) >= (calls[i] as number)) s++;
    slot[i] = s;
    busyUntil[s] = returns[i] as number;
  }
  return { slot, slots: busyUntil.length };
}

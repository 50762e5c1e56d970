import type { Operation } from '../history/operation.js';
import { isPure, type AnyModel } from '../models/model.js';
import { spareOperations } from '../models/spare.js';
import { stepsOf, stepwise } from '../models/steps.js';
import { canonical } from '../values.js';

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
 * Prepares the operations of one object.
 *
 * @param cut only what returned at or before this place of the history must take effect, what returned later may.
 */
export function problemOf(model: AnyModel, operations: readonly Operation[], cut = Infinity): Problem {
  const mustHappen = (operation: Operation): boolean => operation.return <= cut && operation.return !== Infinity;
  const object = stepwise(model);
  const whole = operations.filter(mustHappen);
  const possible = operations.filter((operation) => !mustHappen(operation));
  const required = stepsOf(model, whole);
  const kinds = new Kinds();
  const { slot, slots } = slotsOf(required);
  const kind = Int32Array.from(required, (operation) => kinds.of(operation));
  const pure = Uint8Array.from(required, (operation) => (isPure(object, operation) ? 1 : 0));
  return {
    model: object,
    operations: required,
    call: Int32Array.from(required, (operation) => operation.call),
    return: Int32Array.from(required, (operation) => operation.return),
    slot,
    slots,
    kind,
    pure,
    twins: hasTwins(required, kind, pure),
    optional: optionalGroups(stepsOf(model, wanted(model, whole, possible)), kinds),
    kinds: kinds.samples,
  };
}

/** Optional operations that change something that somebody may have seen; the others can be left out from the start. */
function wanted(model: AnyModel, required: readonly Operation[], possible: readonly Operation[]): readonly Operation[] {
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

/** Operations with the same name, input and outcome behave alike. */
class Kinds {
  readonly samples: Operation[] = [];
  private readonly ids = new Map<string, number>();

  of(operation: Operation): number {
    const { f, input, output, outcome, error } = operation;
    const text = `${outcome} ${canonical([f, input])} ${canonical(output)} ${canonical(error)}`;
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    this.ids.set(text, this.samples.length);
    this.samples.push(operation);
    return this.samples.length - 1;
  }
}

function hasTwins(operations: readonly Operation[], kind: Int32Array, pure: Uint8Array): boolean {
  const busyUntil = new Map<number, number>();
  for (const [i, operation] of operations.entries()) {
    if (pure[i] === 1) continue;
    const busy = busyUntil.get(kind[i] as number) ?? -1;
    if (busy > operation.call) return true;
    busyUntil.set(kind[i] as number, Math.max(busy, operation.return));
  }
  return false;
}

/** First fit in the order of the calls: as many slots as operations are open at once. */
function slotsOf(operations: readonly Operation[]): { slot: Int32Array; slots: number } {
  const slot = new Int32Array(operations.length);
  const busyUntil: number[] = [];
  for (const [i, operation] of operations.entries()) {
    let s = busyUntil.findIndex((end) => end < operation.call);
    if (s === -1) s = busyUntil.length;
    slot[i] = s;
    busyUntil[s] = operation.return;
  }
  return { slot, slots: busyUntil.length };
}

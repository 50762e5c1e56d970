import type { Operation } from '../history/operation.js';
import { isPure, type AnyModel } from '../models/model.js';
import { canonical } from '../values.js';
import type { OptionalGroup } from './problem.js';

const NO_VALUE = -1;

/**
 * Who still wants to see a value, and who can still bring it about. A state that somebody must still read, and that nobody
 * can write in time, may not be left (a write that was called after the read returned comes after it in every order; where the
 * write that is called first is in time for the read that returns first, it is in time for all reads): without this the search would overwrite a value and find out much later that its
 * reader is stuck. Only where every update says what it writes; elsewhere every state may be left.
 */
export class Supply {
  private readonly reads: Int32Array;
  private readonly writes: Int32Array;
  private readonly groupWrites: Int32Array;
  private readonly ids = new Map<string, number>();
  private readonly readers: Int32Array;
  private readonly writers: Int32Array;
  private readonly optionalWriters: Int32Array;
  // Of each value those that are missing, among required ones: its reads by their returns, its writes by their calls.
  private readonly missingReads: Lists;
  private readonly missingWrites: Lists;
  // By state id, filled in as states are met.
  private readonly valueOfState: number[] = [];

  private constructor(
    model: AnyModel,
    private readonly required: readonly Operation[],
    groups: readonly OptionalGroup[],
  ) {
    const read = (operation: Operation): number => this.id(model.rule(operation.f)?.reads?.(operation));
    const written = (operation: Operation): number => this.id(model.rule(operation.f)?.writes?.(operation));
    this.reads = Int32Array.from(required, read);
    this.writes = Int32Array.from(required, (operation) => (isPure(model, operation) ? NO_VALUE : written(operation)));
    this.groupWrites = Int32Array.from(groups, (group) => written(group.operations[0] as Operation));
    this.readers = new Int32Array(this.ids.size);
    this.writers = new Int32Array(this.ids.size);
    this.optionalWriters = new Int32Array(this.ids.size);
    for (let i = 0; i < required.length; i++) {
      this.add(this.readers, this.reads[i], 1);
      this.add(this.writers, this.writes[i], 1);
    }
    groups.forEach((group, g) => {
      this.add(this.writers, this.groupWrites[g], group.operations.length);
      this.add(this.optionalWriters, this.groupWrites[g], group.operations.length);
    });
    const byCall = [...required.keys()];
    const byReturn = [...byCall].sort((a, b) => returnOf(required[a]) - returnOf(required[b]));
    this.missingReads = new Lists(this.reads, byReturn, this.ids.size);
    this.missingWrites = new Lists(this.writes, byCall, this.ids.size);
  }

  /** Undefined where some update does not say what it writes. */
  static of(model: AnyModel, required: readonly Operation[], groups: readonly OptionalGroup[]): Supply | undefined {
    const says = (operation: Operation): boolean => model.rule(operation.f)?.writes?.(operation) !== undefined;
    const plain = required.every((operation) => isPure(model, operation) || says(operation));
    return plain && groups.every((group) => says(group.operations[0] as Operation))
      ? new Supply(model, required, groups)
      : undefined;
  }

  /** Is a value wanted from the start that nobody brings about? */
  lacking(initial: unknown): boolean {
    const given = this.ids.get(canonical(initial));
    return this.readers.some((wanted, id) => wanted > 0 && this.writers[id] === 0 && id !== given);
  }

  /** Does the one required operation leave what the other one reads? */
  serves(writer: number, reader: number): boolean {
    const value = this.reads[reader];
    return value !== NO_VALUE && this.writes[writer] === value;
  }

  /** A required operation is ordered (-1), or it is not any more (1): what was ordered last first. */
  count(operation: number, change: 1 | -1): void {
    for (const list of [this.missingReads, this.missingWrites]) {
      if (change === -1) list.takeOut(operation);
      else list.putBack(operation);
    }
    this.add(this.readers, this.reads[operation], change);
    this.add(this.writers, this.writes[operation], change);
  }

  /** An optional operation of this group is used (-1), or it is not any more (1). */
  countOptional(group: number, change: 1 | -1): void {
    this.add(this.writers, this.groupWrites[group], change);
  }

  /** May this state be left, with what is left to be ordered? */
  mayLeave(stateId: number, state: () => unknown): boolean {
    let value = this.valueOfState[stateId];
    if (value === undefined) {
      value = this.ids.get(canonical(state())) ?? NO_VALUE;
      this.valueOfState[stateId] = value;
    }
    if (value === NO_VALUE || this.readers[value] === 0) return true;
    if (this.writers[value] === 0) return false;
    return (this.optionalWriters[value] as number) > 0 || this.isInTime(value);
  }

  /** Was the first write of the value that is missing called before the first read of it returned? */
  private isInTime(value: number): boolean {
    const write = this.required[this.missingWrites.first(value)];
    const read = this.required[this.missingReads.first(value)];
    return write !== undefined && write.call < returnOf(read);
  }

  private id(value: unknown): number {
    if (value === undefined) return NO_VALUE;
    const name = canonical(value);
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    this.ids.set(name, this.ids.size);
    return this.ids.size - 1;
  }

  private add(counts: Int32Array, id: number | undefined, change: number): void {
    if (id !== undefined && id !== NO_VALUE) counts[id] = (counts[id] as number) + change;
  }
}

function returnOf(operation: Operation | undefined): number {
  return operation?.return ?? Infinity;
}

/** For each value a list of operations, which are taken out and put back in the reverse order (Knuth's dancing links). */
class Lists {
  // By operation; behind these the beginning and end of each value's list, at which it is closed to a ring.
  private readonly next: Int32Array;
  private readonly previous: Int32Array;

  /** @param valueOf of each operation, or NO_VALUE. @param order of the operations in every list. */
  constructor(
    private readonly valueOf: Int32Array,
    order: readonly number[],
    values: number,
  ) {
    const n = valueOf.length;
    this.next = Int32Array.from({ length: n + values }, (_, i) => i);
    this.previous = this.next.slice();
    for (const i of order) {
      const end = n + (valueOf[i] as number);
      if (valueOf[i] === NO_VALUE) continue;
      this.next[i] = end;
      this.previous[i] = this.previous[end] as number;
      this.putBack(i);
    }
  }

  /** The first of a value; none is a number at which there is no operation. */
  first(value: number): number {
    return this.next[this.valueOf.length + value] as number;
  }

  takeOut(i: number): void {
    if (this.valueOf[i] === NO_VALUE) return;
    this.next[this.previous[i] as number] = this.next[i] as number;
    this.previous[this.next[i] as number] = this.previous[i] as number;
  }

  putBack(i: number): void {
    if (this.valueOf[i] === NO_VALUE) return;
    this.next[this.previous[i] as number] = i;
    this.previous[this.next[i] as number] = i;
  }
}

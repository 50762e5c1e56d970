import type { Operation } from '../history/operation.js';
import { isPure, type AnyModel } from '../models/model.js';
import { canonical } from '../values.js';
import type { OptionalGroup } from './problem.js';

const NO_VALUE = -1;

/**
 * Who still wants to see a value, and who can still bring it about. A state that somebody must still read, and that nobody
 * can write any more, may not be left: without this the search would overwrite a value and find out much later that its
 * reader is stuck. Only where every update says what it writes; elsewhere every state may be left.
 */
export class Supply {
  private readonly reads: Int32Array;
  private readonly writes: Int32Array;
  private readonly groupWrites: Int32Array;
  private readonly ids = new Map<string, number>();
  private readonly readers: Int32Array;
  private readonly writers: Int32Array;
  // By state id, filled in as states are met.
  private readonly valueOfState: number[] = [];

  private constructor(model: AnyModel, required: readonly Operation[], groups: readonly OptionalGroup[]) {
    const read = (operation: Operation): number => this.id(model.rule(operation.f)?.reads?.(operation));
    const written = (operation: Operation): number => this.id(model.rule(operation.f)?.writes?.(operation));
    this.reads = Int32Array.from(required, read);
    this.writes = Int32Array.from(required, (operation) => (isPure(model, operation) ? NO_VALUE : written(operation)));
    this.groupWrites = Int32Array.from(groups, (group) => written(group.operations[0] as Operation));
    this.readers = new Int32Array(this.ids.size);
    this.writers = new Int32Array(this.ids.size);
    for (let i = 0; i < required.length; i++) this.count(i, 1);
    groups.forEach((group, g) => this.add(this.writers, this.groupWrites[g], group.operations.length));
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

  /** A required operation is ordered (-1), or it is not any more (1). */
  count(operation: number, change: 1 | -1): void {
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
    return value === NO_VALUE || this.readers[value] === 0 || this.writers[value] !== 0;
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

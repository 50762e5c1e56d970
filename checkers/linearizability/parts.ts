import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { EVERYTHING, type AnyModel } from '../models/model.js';
import { ValueMap } from '../value-map.js';

/** Operations that are judged on their own. */
export interface Part {
  readonly key: Value | undefined;
  readonly operations: Operation[];
}

/** The operations of each key that are wanted, in the order in which the keys first appear. */
export function partsOf(operations: readonly Operation[], wanted: (operation: Operation) => boolean): Part[] {
  return groupedBy(operations, (operation) => operation.key, wanted);
}

/**
 * Where the model says that operations about different values have nothing to do with one another, and each of these is about
 * one: the operations about each. Otherwise all of them.
 */
export function apart(model: AnyModel, { key, operations }: Part): Part[] {
  if (model.apart !== true) return [{ key, operations }];
  const about = (operation: Operation): Value | typeof EVERYTHING | undefined =>
    model.rule(operation.f)?.about?.(operation);
  const isAboutOne = (operation: Operation): boolean =>
    ![undefined, EVERYTHING].includes(about(operation) as undefined);
  if (!operations.every(isAboutOne)) return [{ key, operations }];
  return groupedBy(operations, (operation) => about(operation) as Value).map((part) => ({
    key,
    operations: part.operations,
  }));
}

function groupedBy(
  operations: readonly Operation[],
  value: (operation: Operation) => Value | undefined,
  wanted: (operation: Operation) => boolean = () => true,
): Part[] {
  const groups = new ValueMap<Part>();
  const parts: Part[] = [];
  for (const operation of operations) {
    if (!wanted(operation)) continue;
    const key = value(operation);
    const group = groups.get(key);
    if (group !== undefined) group.operations.push(operation);
    else {
      const part = { key, operations: [operation] };
      groups.set(key, part);
      parts.push(part);
    }
  }
  return parts;
}

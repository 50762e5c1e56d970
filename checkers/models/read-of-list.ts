import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';

/** A read that lists values, as it would have been without some of them. */
export function readOfList(operation: Operation, isThere: (value: Value) => boolean): Operation {
  const { output } = operation;
  return Array.isArray(output) ? { ...operation, output: output.filter((value: Value) => isThere(value)) } : operation;
}

import type { Operation } from '../history/operation.js';
import { counts, describe, isPure, type AnyModel } from '../models/model.js';
import { canonical } from '../values.js';
import { shownOperation, type LevelEvidence } from './evidence.js';
import { sequentialOrder } from './sequential.js';

const STEPS_MAX = 100_000;
const MEMORY_BYTES_MAX = 16 * 1024 * 1024;
const JUDGED_MAX = 200;

/**
 * A small part of a history of any model that no order of all operations fits. Only what changes nothing for the rest is left out: whole
 * keys, as each has its own state, and pure operations. So the part breaks the promise because the whole does.
 */
export function smallestWithoutOrder(model: AnyModel, all: readonly Operation[]): LevelEvidence {
  let judged = 0;
  const isBroken = (part: readonly Operation[]): boolean =>
    judged++ < JUDGED_MAX &&
    sequentialOrder(model, part, { steps: STEPS_MAX, memoryBytes: MEMORY_BYTES_MAX }).verdict === 'violation';
  const isRead = (operation: Operation): boolean => isPure(model, operation);
  let part = all.filter((one) => counts(model, one) && !(one.outcome === 'unknown' && isRead(one)));
  part = ofOneKey(part).find(isBroken) ?? part;
  for (let chunk = part.filter(isRead).length; chunk >= 1; chunk = Math.floor(chunk / 2)) {
    for (let from = 0; from < part.filter(isRead).length;) {
      const without = new Set(part.filter(isRead).slice(from, from + chunk));
      const smaller = part.filter((operation) => !without.has(operation));
      if (isBroken(smaller)) part = smaller;
      else from += chunk;
    }
  }
  return {
    pattern: 'NoOrder',
    says: `no order of these ${part.length} operations keeps the order of every client and gives these answers`,
    operations: part.map((operation) => shownOperation(operation, describe(model, operation))),
    steps: [],
    minimal: false,
  };
}

/** The operations of each key, the key with the fewest first. */
function ofOneKey(all: readonly Operation[]): Operation[][] {
  const parts = new Map<string, Operation[]>();
  for (const operation of all) {
    const key = canonical(operation.key);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [operation]);
    else part.push(operation);
  }
  return [...parts.values()].sort((a, b) => a.length - b.length);
}

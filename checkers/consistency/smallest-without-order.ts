import type { Allowance } from '../budget.js';
import type { Operation } from '../history/operation.js';
import { counts, describe, isPure, type AnyModel } from '../models/model.js';
import { shownOperation, type LevelEvidence } from './evidence.js';
import { sequentialOrder } from './sequential.js';

const STEPS_MAX = 200_000;
const JUDGED_MAX = 200;

/**
 * A small part of a history of any model that no order of all operations fits. Only what changes nothing for the rest is left out: whole
 * keys, as each has its own state, and pure operations. So the part breaks the promise because the whole does.
 *
 * @param all operations that have none: of one key, where one key alone has none.
 */
export function smallestWithoutOrder(model: AnyModel, all: readonly Operation[], allowance: Allowance): LevelEvidence {
  let judged = 0;
  const isBroken = (part: readonly Operation[]): boolean => {
    if (judged++ >= JUDGED_MAX) return false;
    return sequentialOrder(model, part, { allowance: allowance.part({ steps: STEPS_MAX }) }).verdict === 'violation';
  };
  const isRead = (operation: Operation): boolean => isPure(model, operation);
  let part = all.filter((one) => counts(model, one) && !(one.outcome === 'unknown' && isRead(one)));
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

import type { Operation } from '../history/operation.js';
import { isPure, unseenUpdates, type AnyModel } from '../models/model.js';
import { MemoryBudget } from './budget.js';
import { problemOf } from './problem.js';
import { Search } from './search.js';

const STEPS_MAX = 5_000_000;
const MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * Makes a part of a history that is not linearizable smaller, leaving out only what cannot be the reason for it: pure
 * operations (they ask something of an order and give nothing to it), and updates that nobody in what is left has seen.
 * So a smaller part that is not linearizable proves that the whole is not.
 */
export function smallPart(
  model: AnyModel,
  operations: readonly Operation[],
  cut: number,
  failing: Operation,
  shouldStop: (() => boolean) | undefined,
): { part: readonly Operation[]; minimal: boolean; steps: number } {
  const left = { steps: STEPS_MAX };
  const stillFails = (part: readonly Operation[]): boolean | undefined => violated(model, part, cut, left, shouldStop);
  // What is pure and has not returned by the cut asks nothing of an order.
  let part: readonly Operation[] = operations.filter((operation) => operation.return <= cut || !isPure(model, operation));
  let complete = true;
  for (let before = Infinity; part.length < before; ) {
    before = part.length;
    for (let chunk = Math.floor(part.length / 2); chunk >= 1; chunk = Math.floor(chunk / 2)) {
      for (let end = part.length; end > 0; end -= chunk) {
        const smaller = without(model, part, Math.max(0, end - chunk), end, failing);
        if (smaller.length === part.length) continue;
        const still = stillFails(smaller);
        if (still === undefined) complete = false;
        if (still === true) part = smaller;
      }
      if (!complete) return { part, minimal: false, steps: STEPS_MAX - left.steps };
    }
  }
  return { part, minimal: true, steps: STEPS_MAX - left.steps };
}

/** The part without those of the operations in [from, to) that may soundly be left out. */
function without(
  model: AnyModel,
  part: readonly Operation[],
  from: number,
  to: number,
  failing: Operation,
): readonly Operation[] {
  const chosen = (operation: Operation, at: number): boolean => at >= from && at < to && operation !== failing;
  const readers = part.filter((operation, at) => !(chosen(operation, at) && isPure(model, operation)));
  const gone = new Set(part.filter(chosen));
  const unseen = unseenUpdates(model, readers);
  return readers.filter((operation) => !(gone.has(operation) && unseen(operation)));
}

/** @returns undefined when the budget ran out before there was an answer. */
function violated(
  model: AnyModel,
  part: readonly Operation[],
  cut: number,
  left: { steps: number },
  shouldStop: (() => boolean) | undefined,
): boolean | undefined {
  if (left.steps <= 0 || shouldStop?.() === true) return undefined;
  const search = new Search(model, problemOf(model, part, cut), new MemoryBudget(MEMORY_BYTES));
  const outcome = search.run(left.steps);
  // Preparing costs as well.
  left.steps -= search.steps + part.length;
  return outcome === 'violation' ? true : outcome === 'ok' ? false : undefined;
}

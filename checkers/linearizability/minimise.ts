import type { Operation } from '../history/operation.js';
import { isPure, spareOperations, type AnyModel } from '../models/model.js';
import { MemoryBudget } from './budget.js';
import { problemOf } from './problem.js';
import { Search } from './search.js';

const STEPS_MAX = 10_000_000;
const MEMORY_BYTES = 64 * 1024 * 1024;

/** Asks about parts of a history, with one budget for all the questions. */
export class Trial {
  steps = 0;

  constructor(
    readonly model: AnyModel,
    private readonly shouldStop: (() => boolean) | undefined,
  ) {}

  /** Is this not linearizable up to the cut? Undefined when the budget ran out before there was an answer. */
  violated(part: readonly Operation[], cut: number): boolean | undefined {
    if (this.steps >= STEPS_MAX || this.shouldStop?.() === true) return undefined;
    const search = new Search(this.model, problemOf(this.model, part, cut), new MemoryBudget(MEMORY_BYTES));
    const outcome = search.run(STEPS_MAX - this.steps);
    // Preparing costs as well.
    this.steps += search.steps + part.length;
    return outcome === 'violation' ? true : outcome === 'ok' ? false : undefined;
  }
}

/** What had been called before a place of the history. */
export function calledBefore(operations: readonly Operation[], cut: number): readonly Operation[] {
  return operations.filter((operation) => operation.call < cut);
}

/**
 * The operation at whose return it first shows that the operations are not linearizable. What was open there may have
 * happened or not. By bisection: more returns never make a history easier to order.
 */
export function fitsNowhere(trial: Trial, operations: readonly Operation[]): Operation {
  const returned = operations.filter((operation) => operation.return !== Infinity).sort((a, b) => a.return - b.return);
  let fitting = -1;
  let failing = returned.length - 1;
  while (failing - fitting > 1) {
    const middle = Math.floor((fitting + failing) / 2);
    const cut = (returned[middle] as Operation).return;
    const violated = trial.violated(calledBefore(operations, cut), cut);
    // Out of budget: the part up to the last place where it surely shows is still evidence.
    if (violated === undefined) break;
    if (violated) failing = middle;
    else fitting = middle;
  }
  return returned[failing] as Operation;
}

/**
 * Makes a part of a history that is not linearizable smaller, leaving out only what cannot be the reason for it (see
 * `spareOperations`). So a smaller part that is not linearizable proves that the whole is not.
 */
export function smallPart(
  trial: Trial,
  operations: readonly Operation[],
  failing: Operation,
): { part: readonly Operation[]; minimal: boolean } {
  const { model } = trial;
  const cut = failing.return;
  // What is pure and has not returned by the cut asks nothing of an order.
  let part = operations.filter((operation) => operation.return <= cut || !isPure(model, operation));
  for (let before = Infinity; part.length < before;) {
    before = part.length;
    for (let chunk = part.length; chunk >= 1; chunk = Math.floor(chunk / 2)) {
      for (let end = part.length; end > 0; end -= chunk) {
        const smaller = without(model, part, Math.max(0, end - chunk), end, failing);
        if (smaller.length === part.length) continue;
        const violated = trial.violated(smaller, cut);
        if (violated === undefined) return { part, minimal: false };
        if (violated) part = smaller;
      }
    }
  }
  return { part, minimal: true };
}

/** The part without those of the operations in [from, to) that may soundly be left out. */
function without(
  model: AnyModel,
  part: readonly Operation[],
  from: number,
  to: number,
  failing: Operation,
): Operation[] {
  const chosen = (operation: Operation, at: number): boolean => at >= from && at < to && operation !== failing;
  const kept = part.filter((operation, at) => !chosen(operation, at));
  const spare = spareOperations(model, kept, part.filter(chosen));
  return part.filter((operation) => !spare.has(operation));
}

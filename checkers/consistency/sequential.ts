import type { Allowance } from '../budget.js';
import type { Operation } from '../history/operation.js';
import { counts, isPure, type AnyModel } from '../models/model.js';
import { canonical } from '../values.js';
import { SequentialSearch, type Outcome } from './sequential-search.js';

export interface SequentialOptions {
  readonly allowance: Allowance;
  /** For an operation's `id`: the ids of those that surely come before it. */
  readonly after?: ReadonlyMap<number, readonly number[]> | undefined;
}

/**
 * Is there one order of all operations that keeps the order of each client and that the model could do? NP-complete in general
 * (Gibbons and Korach, 1997). An order of all is one of each key, so each key is asked alone first, the smallest first: one that has
 * no order settles it, sooner by far. That each key has one settles nothing, and then the whole is searched with at least half of
 * the steps.
 */
export function sequentialOrder(model: AnyModel, all: readonly Operation[], options: SequentialOptions): Outcome {
  const { allowance, after } = options;
  const required = all.filter((one) => counts(model, one) && !(one.outcome === 'unknown' && isPure(model, one)));
  const parts = ofOneKey(required);
  if (parts.length > 1) {
    const forKeys = allowance.part({ steps: Math.floor(allowance.left / 2) });
    for (const [i, part] of parts.entries()) {
      const share = forKeys.part({ steps: Math.floor(forKeys.left / (parts.length - i)) });
      const outcome = new SequentialSearch(model, part, share, after).run();
      share.release();
      if (outcome.verdict === 'violation') return outcome;
    }
  }
  const whole = allowance.part();
  const outcome = new SequentialSearch(model, required, whole, after).run();
  whole.release();
  return outcome;
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

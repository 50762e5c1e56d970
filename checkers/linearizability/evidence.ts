import type { ProcessId, Value } from '../../engine/history.js';
import type { Micros } from '../../engine/time.js';
import type { Operation } from '../history/operation.js';
import { describe, type AnyModel } from '../models/model.js';
import { canonical, showValue } from '../values.js';
import { MemoryBudget } from './budget.js';
import { calledBefore, fitsNowhere, smallPart, Trial } from './minimise.js';
import { problemOf } from './problem.js';
import { Search, type PartialOrder } from './search.js';
import { whyNowhere } from './why.js';

/** One operation as evidence shows it: plain data. */
export interface ShownOperation {
  /** The `index` of its invocation. */
  readonly id: number;
  readonly process: ProcessId;
  readonly node?: string;
  /** In words: `write x=2`. */
  readonly text: string;
  readonly f: string;
  readonly input: Value;
  readonly output?: Value;
  /** `open`: it returned too, but only after the place where nothing fits any more, and so may still be to come there. */
  readonly outcome: 'ok' | 'failed' | 'unknown' | 'open';
  /** Places in the history. */
  readonly call: number;
  readonly return: number | null;
  readonly invokedAt: Micros;
  readonly returnedAt: Micros | null;
}

/** Why one key's history is not linearizable. Plain data: it can be written as JSON (see `valueToJson` for bigints). */
export interface Evidence {
  /** The operation that fits nowhere, by the `index` of its invocation. */
  readonly fitsNowhere: number;
  /** In words, beginning with a verb: `returned after write x=2 was acknowledged at 1.204 s`. */
  readonly why: string;
  /** Up to the return at this place of the history, these operations alone are already not linearizable. */
  readonly cut: number;
  readonly part: readonly ShownOperation[];
  /** True when no single operation can be left out (by the rules that keep this sound); false when that took too long. */
  readonly minimal: boolean;
  /** The longest orders of the part's operations that do fit, and the state in which each ends. */
  readonly longest: readonly { readonly order: readonly number[]; readonly state: string }[];
}

const LONGEST_SHOWN = 3;
const EXPLAIN_STEPS_MAX = 2_000_000;
const EXPLAIN_MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * Finds a small part of a key's operations that is not linearizable, and says why.
 *
 * @param operations one key's operations, known not to be linearizable.
 * @param failed the operations that surely failed, of every key.
 */
export function explain(
  model: AnyModel,
  operations: readonly Operation[],
  failed: readonly Operation[],
  shouldStop: (() => boolean) | undefined,
): { evidence: Evidence; steps: number } {
  const trial = new Trial(model, shouldStop);
  const failing = fitsNowhere(trial, operations);
  const cut = failing.return;
  const { part, minimal } = smallPart(trial, calledBefore(operations, cut), failing);
  const longest = longestOrders(model, part, cut);
  const key = canonical(failing.key);
  const aborted = failed.filter((operation) => canonical(operation.key) === key);
  const show = (state: unknown): string => model.show?.(state) ?? showValue(state);
  return {
    steps: trial.steps,
    evidence: {
      fitsNowhere: failing.id,
      why: whyNowhere({
        model,
        failing,
        part,
        all: operations,
        aborted,
        states: longest.map((order) => show(order.state)),
      }),
      cut,
      part: part.map((operation) => shown(model, operation, cut)),
      minimal,
      longest: longest.map((order) => ({ order: order.operations.map((o) => o.id), state: show(order.state) })),
    },
  };
}

/** The longest orders of all that do fit, which end in different states. */
function longestOrders(model: AnyModel, part: readonly Operation[], cut: number): PartialOrder[] {
  const byState = new Map<string, PartialOrder>();
  const search = new Search(model, problemOf(model, part, cut), new MemoryBudget(EXPLAIN_MEMORY_BYTES), (at, order) => {
    if (at !== cut) return;
    const found = order();
    const state = canonical(found.state);
    if ((byState.get(state)?.operations.length ?? -1) < found.operations.length) byState.set(state, found);
  });
  search.run(EXPLAIN_STEPS_MAX);
  return [...byState.values()].sort((a, b) => b.operations.length - a.operations.length).slice(0, LONGEST_SHOWN);
}

function shown(model: AnyModel, operation: Operation, cut: number): ShownOperation {
  const open = operation.return > cut && operation.return !== Infinity;
  return {
    id: operation.id,
    process: operation.process,
    ...(operation.node !== undefined && { node: operation.node }),
    text: describe(model, operation),
    f: operation.f,
    input: operation.input,
    ...(operation.output !== undefined && { output: operation.output }),
    outcome: open ? 'open' : operation.outcome,
    call: operation.call,
    return: operation.return === Infinity ? null : operation.return,
    invokedAt: operation.invokedAt,
    returnedAt: operation.returnedAt ?? null,
  };
}

import type { Operation } from '../history/operation.js';
import { describe, type AnyModel } from '../models/model.js';
import { stepwise } from '../models/steps.js';
import { canonical, showValue } from '../values.js';
import { ShareOfMemory, type Allowance } from '../budget.js';
import { calledBefore, claimOf, fitsNowhere, smallPart, Trial, type Claim } from './minimise.js';
import { problemOf, PROBLEM_BYTES_PER_OPERATION } from './problem.js';
import { Search, type PartialOrder } from './search.js';
import type { Evidence, ShownOperation } from './verdict.js';
import { whyNowhere } from './why.js';

const LONGEST_SHOWN = 3;
const EXPLAIN_STEPS_MAX = 200_000;

export interface Violated {
  readonly model: AnyModel;
  /** One key's operations, known not to be linearizable. */
  readonly operations: readonly Operation[];
  /** Some of them that already are not, where a monitor found these. */
  readonly part: readonly Operation[] | undefined;
  /** Where the frontier found it: the operation that fits nowhere. */
  readonly failing: Operation | undefined;
  /** The operations that surely failed, of every key. */
  readonly failed: readonly Operation[];
  /** What is left once the verdict is known. Where that is little, the part is as large as it was found. */
  readonly allowance: Allowance;
  readonly shouldStop: (() => boolean) | undefined;
}

/** Finds a small part of a key's operations that is not linearizable, and says why. */
export function explain(violated: Violated): Evidence {
  const { model, operations, allowance } = violated;
  const trial = new Trial(model, operations, allowance, violated.shouldStop);
  const { claim, failing } = firstClaim(trial, violated);
  const cut = failing.return;
  const { part, free, minimal } = smallPart(trial, claim, failing);
  const longest = longestOrders(model, trial.asJudged({ part, free }, cut), cut, free.length > 0, allowance);
  const key = canonical(failing.key);
  const aborted = violated.failed.filter((operation) => canonical(operation.key) === key);
  const { show = showValue } = stepwise(model);
  const states = longest.map((order) => show(order.state));
  return {
    fitsNowhere: failing.id,
    why: whyNowhere({ model, failing, part, all: operations, aborted, states }),
    cut,
    part: part.map((operation) => shown(model, operation, cut)),
    free: free.map((operation) => ({ id: operation.id, text: describe(model, operation) })),
    minimal,
    longest: longest.map((order) => ({ order: order.operations.map((o) => o.id), state: show(order.state) })),
  };
}

/** The operation at whose return it first shows, and what to make smaller. */
function firstClaim(
  trial: Trial,
  { model, operations, part, failing }: Violated,
): { claim: Claim; failing: Operation } {
  const first =
    failing ?? (part === undefined || canBeCut(trial, operations) ? fitsNowhere(trial, operations) : undefined);
  if (first !== undefined) {
    const before = calledBefore(operations, first.return);
    const found = trial.byMonitor(before, first.return);
    const small = found?.verdict === 'violation' ? found.part : before;
    return confirmed(trial, [...new Set([...small, first])], operations, first);
  }
  // A part of the whole, and only then the place within it where it shows.
  const claim = claimOf(model, part ?? operations, operations);
  const { id } = fitsNowhere(trial, trial.asJudged(claim, Infinity));
  const last = claim.part.find((operation) => operation.id === id) as Operation;
  return confirmed(trial, calledBefore(claim.part, last.return), operations, last);
}

/** The part as a claim if that is one indeed, else all that was called by then. */
function confirmed(
  trial: Trial,
  part: readonly Operation[],
  operations: readonly Operation[],
  failing: Operation,
): { claim: Claim; failing: Operation } {
  const before = calledBefore(operations, failing.return);
  const claim = claimOf(trial.model, part, before);
  const isViolated = part.length === before.length || trial.violated(claim, failing.return) === true;
  return { claim: isViolated ? claim : { part: before, free: [] }, failing };
}

/** Does the monitor that judged all of it judge every beginning as well? */
function canBeCut(trial: Trial, operations: readonly Operation[]): boolean {
  const returns = operations.filter((operation) => operation.return !== Infinity).map((operation) => operation.return);
  const middle = returns.sort((a, b) => a - b)[returns.length >>> 1] ?? 0;
  return trial.byMonitor(calledBefore(operations, middle), middle) !== undefined;
}

/** The longest orders of all that do fit, which end in different states. */
function longestOrders(
  model: AnyModel,
  operations: readonly Operation[],
  cut: number,
  lookAhead: boolean,
  whole: Allowance,
): PartialOrder[] {
  const allowance = whole.part({ steps: EXPLAIN_STEPS_MAX });
  const tablesBytes = operations.length * PROBLEM_BYTES_PER_OPERATION;
  if (allowance.take(operations.length, tablesBytes) !== undefined) return [];
  const memory = new ShareOfMemory(allowance.memory);
  const byState = new Map<string, PartialOrder>();
  const noteStuck = (at: number, order: () => PartialOrder): void => {
    if (at !== cut) return;
    const found = order();
    const state = canonical(found.state);
    if ((byState.get(state)?.operations.length ?? -1) < found.operations.length) byState.set(state, found);
  };
  const search = new Search(problemOf(model, operations, cut), memory, noteStuck, lookAhead);
  search.run(allowance.left);
  allowance.spend(search.steps);
  memory.release();
  allowance.memory.give(tablesBytes);
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

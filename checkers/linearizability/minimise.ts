import type { Operation } from '../history/operation.js';
import { isPure, type AnyModel } from '../models/model.js';
import { projected, spareOperations } from '../models/spare.js';
import { ShareOfMemory, type Allowance } from '../budget.js';
import { judgeByMonitor } from './by-monitor.js';
import type { MonitorVerdict } from '../monitors/monitor.js';
import { partFault } from './certificate.js';
import { Frontier } from './frontier.js';
import { problemOf, PROBLEM_BYTES_PER_OPERATION } from './problem.js';
import { Race } from './race.js';
import { unanswered } from '../models/unanswered.js';

const BISECT_STEPS_MAX = 2_000_000;
const SHRINK_STEPS_MAX = 200_000;
const FRONTIER_STEPS_MAX = 1_000_000;
/** A part that is larger than this is made smaller by taking answers back, too. */
const LARGE_PART = 8;
/** One that is larger than this stays as it is. */
const HUGE_PART = 250;
const CHECKABLE_CONFIGURATIONS_MAX = 500;

/** Operations of which some must have happened as they were answered, and others are as if they had never been. */
export interface Claim {
  readonly part: readonly Operation[];
  readonly free: readonly Operation[];
}

/** Asks about parts of a history, with one budget for all the questions. */
export class Trial {
  private allowance: Allowance;
  private readonly freed = new Map<Operation, Operation>();

  constructor(
    readonly model: AnyModel,
    /** What the parts are parts of. */
    private readonly whole: readonly Operation[],
    private readonly given: Allowance,
    private readonly shouldStop: (() => boolean) | undefined,
  ) {
    this.allowance = this.given.part({ steps: BISECT_STEPS_MAX });
  }

  /** Is this not linearizable up to the cut? Undefined when the budget ran out before there was an answer. */
  violated({ part, free }: Claim, cut: number): boolean | undefined {
    // Preparing costs as well.
    if (this.shouldStop?.() === true || this.allowance.take(part.length + free.length) !== undefined) return undefined;
    const operations = this.asJudged({ part, free }, cut);
    const judged = judgeByMonitor(this.model, operations, cut, this.allowance.memory);
    if (judged !== undefined) return judged.found.verdict === 'violation';
    const race = new Race(this.model, operations, cut, this.allowance.memory);
    const outcome = race.run(this.allowance.left);
    this.allowance.spend(race.steps);
    race.release();
    return outcome === 'violation' ? true : outcome === 'ok' ? false : undefined;
  }

  byMonitor(operations: readonly Operation[], cut: number): MonitorVerdict | undefined {
    if (this.allowance.take(operations.length) !== undefined) return undefined;
    return judgeByMonitor(this.model, operations, cut, this.allowance.memory)?.found;
  }

  /** The operation at whose return the frontier has nothing left, where it gets there. */
  byFrontier(operations: readonly Operation[]): Operation | undefined {
    const bytes = operations.length * PROBLEM_BYTES_PER_OPERATION;
    if (this.allowance.take(operations.length, bytes) !== undefined) return undefined;
    const memory = new ShareOfMemory(this.allowance.memory);
    const frontier = new Frontier(problemOf(this.model, operations), memory, false);
    const outcome = frontier.run(Math.min(FRONTIER_STEPS_MAX, this.allowance.left));
    this.allowance.spend(frontier.steps);
    memory.release();
    this.allowance.memory.give(bytes);
    return outcome === 'violation' ? operations.find(({ id }) => id === frontier.failing?.id) : undefined;
  }

  /** From here on so many steps more. */
  allow(steps: number): void {
    this.allowance = this.given.part({ steps });
  }

  /** The operations of a claim, in the order of their calls: answers taken back, and without what is left out. */
  asJudged({ part, free }: Claim, cut: number): readonly Operation[] {
    const kept = new Set([...part, ...free]);
    const leftOut = this.whole.filter((operation) => operation.call < cut && !kept.has(operation));
    const all = free.length === 0 ? part : [...part, ...free.map((one) => this.free(one))].sort(byCall);
    return projected(this.model, all, leftOut);
  }

  /** And by the separate checker: what this cannot go through is no evidence, however few operations it has. */
  plainlyViolated(claim: Claim, cut: number): boolean | undefined {
    const violated = this.violated(claim, cut);
    if (violated !== true) return violated;
    const evidence = { ...claim, cut };
    return partFault(this.model, this.whole, { evidence }, CHECKABLE_CONFIGURATIONS_MAX) === undefined;
  }

  private free(operation: Operation): Operation {
    const known = this.freed.get(operation) ?? unanswered(operation);
    this.freed.set(operation, known);
    return known;
  }
}

const byCall = (a: Operation, b: Operation): number => a.call - b.call;

/** What had been called before a place of the history. */
export function calledBefore(operations: readonly Operation[], cut: number): readonly Operation[] {
  return operations.filter((operation) => operation.call < cut);
}

/**
 * The operation at whose return it first shows that the operations are not linearizable. What was open there may have
 * happened or not. The frontier finds it in one walk, unless that is too long; otherwise by bisection:
 * more returns never make a history easier to order.
 */
export function fitsNowhere(trial: Trial, operations: readonly Operation[]): Operation {
  const returned = operations.filter((operation) => operation.return !== Infinity).sort((a, b) => a.return - b.return);
  if (trial.byMonitor(operations, Infinity) === undefined) {
    const failing = trial.byFrontier(operations);
    if (failing !== undefined) return failing;
  }
  let fitting = -1;
  let failing = returned.length - 1;
  while (failing - fitting > 1) {
    const middle = Math.floor((fitting + failing) / 2);
    const cut = (returned[middle] as Operation).return;
    const violated = trial.violated({ part: calledBefore(operations, cut), free: [] }, cut);
    // Out of budget: the part up to the last place where it surely shows is still evidence.
    if (violated === undefined) break;
    if (violated) failing = middle;
    else fitting = middle;
  }
  return returned[failing] as Operation;
}

/** What of the operations may not be left out beside a part is kept as if it had never been answered. */
export function claimOf(model: AnyModel, part: readonly Operation[], operations: readonly Operation[]): Claim {
  const kept = new Set(part);
  const others = operations.filter((operation) => !kept.has(operation));
  const spare = spareOperations(model, part, others, true);
  return { part: operations.filter((one) => kept.has(one)), free: others.filter((one) => !spare.has(one)) };
}

/**
 * Makes a part of a history that is not linearizable smaller, in two ways that are sound: leaving out only what cannot be the
 * reason for it (see `spareOperations`), and, of what must stay, taking answers back. So a smaller part that is not
 * linearizable proves that the whole is not.
 */
export function smallPart(trial: Trial, claim: Claim, failing: Operation): Claim & { readonly minimal: boolean } {
  const { model } = trial;
  const cut = failing.return;
  // What is pure and has not returned by the cut asks nothing of an order.
  const part = claim.part.filter((operation) => operation.return <= cut || !isPure(model, operation));
  trial.allow(SHRINK_STEPS_MAX);
  const withoutSpare = shrink(trial, { part, free: claim.free }, failing, (smaller, chosen) => {
    const stays = [...smaller.part.filter((one) => !chosen.has(one)), ...smaller.free];
    const spare = spareOperations(model, stays, [...chosen], true);
    return { part: smaller.part.filter((one) => !spare.has(one)), free: smaller.free };
  });
  if (withoutSpare.part.length <= LARGE_PART || withoutSpare.part.length > HUGE_PART) return withoutSpare;
  const takeBack = ({ part: own, free }: Claim, chosen: ReadonlySet<Operation>): Claim => ({
    part: own.filter((one) => !chosen.has(one)),
    free: [...free, ...[...chosen].filter((one) => !isPure(model, one))],
  });
  const relaxed = shrink(trial, withoutSpare, failing, takeBack, (smaller) => trial.plainlyViolated(smaller, cut));
  const spare = spareOperations(model, relaxed.part, relaxed.free, true);
  return { ...relaxed, free: relaxed.free.filter((operation) => !spare.has(operation)) };
}

/** Takes away as much as can be: larger chunks first, the last operations first, until no single one goes any more. */
function shrink(
  trial: Trial,
  claim: Claim,
  failing: Operation,
  without: (claim: Claim, chosen: ReadonlySet<Operation>) => Claim,
  isViolated = (smaller: Claim) => trial.violated(smaller, failing.return),
): Claim & { readonly minimal: boolean } {
  let now = claim;
  for (let before = Infinity; now.part.length < before;) {
    before = now.part.length;
    for (let chunk = now.part.length; chunk >= 1; chunk = Math.floor(chunk / 2)) {
      for (let end = now.part.length; end > 0; end -= chunk) {
        const chosen = new Set(now.part.slice(Math.max(0, end - chunk), end).filter((one) => one !== failing));
        const smaller = without(now, chosen);
        if (smaller.part.length === now.part.length) continue;
        const violated = isViolated(smaller);
        if (violated === undefined) return { ...now, minimal: false };
        if (violated) now = smaller;
      }
    }
  }
  return { ...now, minimal: true };
}

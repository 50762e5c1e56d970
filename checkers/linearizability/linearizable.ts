import type { History, Value } from '../../engine/history.js';
import { operationsOf, type Operation } from '../history/operation.js';
import { assertSpoken, counts, type AnyModel } from '../models/model.js';
import { canonical } from '../values.js';
import { DEFAULT_BUDGET, MemoryBudget, type Budget } from './budget.js';
import { explain, type Evidence } from './evidence.js';
import { problemOf } from './problem.js';
import { Search } from './search.js';

export type Verdict = 'ok' | 'violation' | 'undecided';

/** What ran out before there was an answer; `stopped`: the caller's `shouldStop` said so. */
export type Exhausted = 'steps' | 'memory' | 'stopped';

export interface CheckOptions {
  readonly budget?: Partial<Budget>;
  /** Say why: finds every key that is violated, and for each a small part of the history that shows it. */
  readonly evidence?: boolean;
  /** Asked every few thousand steps: how a caller with a clock or a button ends a check. */
  readonly shouldStop?: () => boolean;
}

/** What was found about one key. Operations are named by the `index` of their invocation. */
export interface KeyVerdict {
  /** Undefined where the history has one object only. */
  readonly key: Value | undefined;
  readonly verdict: Verdict;
  readonly operations: number;
  /** `ok`: an order in which everything that returned, and some that never did, could have happened one by one. */
  readonly linearisation?: readonly number[];
  /** `violation`, with `evidence: true`. */
  readonly evidence?: Evidence;
  /** `undecided`: what ran out; absent when a violation of another key ended the check before. */
  readonly exhausted?: Exhausted;
  /** `undecided`: how many operations had returned before the latest place that the search got past. */
  readonly returnedBefore?: number;
}

export interface LinearizabilityResult {
  readonly verdict: Verdict;
  readonly consistency: 'linearizable';
  readonly model: string;
  /** Operations that counted: without those that surely failed. */
  readonly operations: number;
  readonly keys: readonly KeyVerdict[];
  readonly steps: number;
  readonly exhausted?: Exhausted;
}

const SLICE_STEPS = 4_096;

/**
 * Is the history linearizable: could every operation have happened at one moment between its call and its return, one after
 * the other, as the model does them? Unanswered operations may have happened at any moment after their call, or never.
 *
 * Keys are judged apart, which is sound for linearizability (Herlihy and Wing 1990, locality) and not for weaker levels.
 *
 * @throws HistoryError when the history is not well-formed or has operations that the model does not know.
 * @example
 * linearizable(history, register).verdict;                                        // 'ok', 'violation' or 'undecided'
 * linearizable(history, kv, { budget: { steps: 1_000_000 } });                     // undecided rather than endless
 * formatVerdict(linearizable(history, kv, { evidence: true }));                    // and why
 */
export function linearizable(history: History, model: AnyModel, options: CheckOptions = {}): LinearizabilityResult {
  const operations = operationsOf(history);
  assertSpoken(model, operations);
  return new Check(model, operations, options).run();
}

interface Task {
  readonly key: Value | undefined;
  readonly operations: readonly Operation[];
  search: Search | undefined;
  verdict: KeyVerdict | undefined;
}

class Check {
  private readonly budget: Budget;
  private readonly memory: MemoryBudget;
  private readonly tasks: readonly Task[];
  private steps = 0;
  private exhausted: Exhausted | undefined;

  constructor(
    private readonly model: AnyModel,
    private readonly all: readonly Operation[],
    private readonly options: CheckOptions,
  ) {
    this.budget = { ...DEFAULT_BUDGET, ...options.budget };
    this.memory = new MemoryBudget(this.budget.memoryBytes);
    this.tasks = byKey(all.filter((operation) => counts(model, operation)));
  }

  run(): LinearizabilityResult {
    this.searchAll();
    const keys = this.tasks.map((task) => this.explained(task));
    const violated = keys.some((key) => key.verdict === 'violation');
    const undecided = keys.find((key) => key.verdict === 'undecided');
    const exhausted = violated ? undefined : (undecided?.exhausted ?? this.exhausted);
    return {
      verdict: violated ? 'violation' : undecided !== undefined ? 'undecided' : 'ok',
      consistency: 'linearizable',
      model: this.model.name,
      operations: keys.reduce((sum, key) => sum + key.operations, 0),
      keys,
      steps: this.steps,
      ...(exhausted !== undefined && { exhausted }),
    };
  }

  /** Keys take turns, so that a violation of an easy key is found beside a hard one. */
  private searchAll(): void {
    let open = this.tasks;
    while (open.length > 0) {
      for (const task of open) {
        this.exhausted = this.outOf();
        if (this.exhausted !== undefined) return;
        this.turn(task);
        if (task.verdict?.verdict === 'violation' && this.options.evidence !== true) return;
      }
      open = open.filter((task) => task.verdict === undefined);
    }
  }

  private outOf(): Exhausted | undefined {
    if (this.steps >= this.budget.steps) return 'steps';
    return this.options.shouldStop?.() === true ? 'stopped' : undefined;
  }

  private turn(task: Task): void {
    const search = (task.search ??= new Search(this.model, problemOf(this.model, task.operations), this.memory));
    const before = search.steps;
    const outcome = search.run(Math.min(SLICE_STEPS, this.budget.steps - this.steps));
    this.steps += search.steps - before;
    if (outcome === 'running') return;
    const common = { key: task.key, operations: task.operations.length };
    if (outcome === 'ok') {
      const linearisation = search.order().operations.map((operation) => operation.id);
      task.verdict = { ...common, verdict: 'ok', linearisation };
    } else if (outcome === 'violation') {
      task.verdict = { ...common, verdict: 'violation' };
    } else {
      task.verdict = this.undecided(task, 'memory');
    }
    search.release();
    task.search = undefined;
  }

  private undecided(task: Task, exhausted: Exhausted | undefined): KeyVerdict {
    const furthest = task.search?.furthest ?? -1;
    return {
      key: task.key,
      verdict: 'undecided',
      operations: task.operations.length,
      returnedBefore: task.operations.filter((operation) => operation.return < furthest).length,
      ...(exhausted !== undefined && { exhausted }),
    };
  }

  private explained(task: Task): KeyVerdict {
    const verdict = task.verdict ?? this.undecided(task, this.exhausted);
    if (verdict.verdict !== 'violation' || this.options.evidence !== true) return verdict;
    const failed = this.all.filter((operation) => operation.outcome === 'failed');
    const { evidence, steps } = explain(this.model, task.operations, failed, this.options.shouldStop);
    this.steps += steps;
    return { ...verdict, evidence };
  }
}

/** The operations of each key, in the order in which the keys first appear. */
function byKey(operations: readonly Operation[]): Task[] {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const name = canonical(operation.key);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [operation]);
    else group.push(operation);
  }
  return [...groups.values()].map((group) => ({
    key: group[0]?.key,
    operations: group,
    search: undefined,
    verdict: undefined,
  }));
}

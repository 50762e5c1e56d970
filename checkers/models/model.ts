import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { HistoryError, type HistoryProblem } from '../history/well-formed.js';
import type { Monitor } from '../monitors/monitor.js';
import { canonical, nearestName, showValue } from '../values.js';

/** What an operation is about that all values bear on, such as finding a lock taken. */
export const EVERYTHING = Symbol('everything');

/** What one kind of operation does to an object. */
export interface OperationRule<State> {
  /** Other names that histories use for it. */
  readonly also?: readonly string[];
  /**
   * The states that the operation may leave when it takes effect in `state`; none when it cannot have happened there with
   * this outcome. Asked of operations that returned `ok`, of those that `observed` keeps, and of unanswered ones
   * (`outcome` is `unknown`, no output), for these it says what happens *if* they take effect.
   */
  step(state: State, operation: Operation): readonly State[];
  /**
   * Where the operation spans several steps of the object (is *interval-sequential*: Castañeda, Rajsbaum and Raynal, JACM
   * 2018): it begins with this one and ends with `step`, at a later moment, and others may come between. Like `step` it gives the
   * states that may follow. Such a rule does without `pure`, `reads` and `writes`.
   */
  begin?(state: State, operation: Operation): readonly State[];
  /**
   * In *every* state the operation either cannot happen or changes nothing (a read, a refused compare-and-set). It is then
   * ordered as soon as it fits, and never branched on; left out when unanswered. Wrongly declared, verdicts are wrong.
   */
  readonly pure?: boolean | ((operation: Operation) => boolean);
  /** Does this failed operation tell something about the state (a compare-and-set that met another value)? Others are left out. */
  observed?(operation: Operation): boolean;
  /**
   * Only where `step` is legal in exactly one state: that state. With `writes`, it lets the checker leave out what nobody
   * saw, and say in words why an operation fits nowhere.
   */
  reads?(operation: Operation): Value | undefined;
  /** Only where the operation leaves the same state wherever it happens: that state. */
  writes?(operation: Operation): Value | undefined;
  /**
   * Only where leaving out *all* operations about one value leaves a correct history correct: that value. (What is first in
   * and first out stays so without some of it.) Undefined for an operation that is about no one value, which then may not
   * be left out unless it is pure, but is in no other's way. A rule without `about` is about everything, as is an operation of
   * which it answers EVERYTHING: with such an operation nothing may be left out, unless the rule has `project`.
   */
  about?(operation: Operation): Value | typeof EVERYTHING | undefined;
  /** Only where the operation is about many values: what it would have said, had some of them never been there. */
  project?(operation: Operation, isThere: (value: Value) => boolean): Operation;
  /** What is expected, when the input is not of the right shape. */
  badInput?(input: Value): string | undefined;
  /** For people: `write x=2`. */
  describe?(operation: Operation): string;
}

/** A sequential object: what a history is compared with. Histories over several keys have one such object a key. */
export interface ModelDefinition<State> {
  readonly name: string;
  /** One sentence for lists. */
  readonly summary: string;
  init(): State;
  /** By name. */
  readonly operations: Readonly<Record<string, OperationRule<State>>>;
  /**
   * Looks ahead: given all operations of one key that surely happened and that may have, a test that no state of any order
   * of them fails. Saves the search from finding out much later; wrongly declared, verdicts are wrong.
   */
  foresee?(required: readonly Operation[], optional: readonly Operation[]): ((state: State) => boolean) | undefined;
  /**
   * Judge histories that qualify without a search; the first that takes a history does. Wrongly declared, verdicts are wrong. Where every operation says what it
   * reads or writes, histories in which each value is written once need none: they are told by that.
   */
  readonly monitors?: readonly Monitor[];
  /** Operations `about` different values have nothing to do with one another; where all are about one, these are judged apart. */
  readonly apart?: boolean;
  /** Tells states apart; by content when left out. Two states with one identity must behave alike for ever. */
  identity?(state: State): string | number;
  /** A state for people. */
  show?(state: State): string;
}

export interface Model<State = unknown> extends ModelDefinition<State> {
  /** The rule of an operation, by its name or a synonym. */
  rule(f: string): OperationRule<State> | undefined;
}

/** Any model, its state forgotten. */
// Models of every state stand side by side in the registry, and `step` is contravariant in it: only `any` fits them all.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyModel = Model<any>;

/**
 * Declares a model.
 *
 * @throws TypeError when two operations claim one name.
 * @example
 * const counter = defineModel<number>({
 *   name: 'counter',
 *   summary: 'a number that starts at 0',
 *   init: () => 0,
 *   operations: {
 *     add: { step: (state, op) => [state + Number(op.input)] },
 *     read: { pure: true, step: (state, op) => (op.output === state ? [state] : []) },
 *   },
 * });
 */
export function defineModel<State>(definition: ModelDefinition<State>): Model<State> {
  const rules = new Map<string, OperationRule<State>>();
  for (const [name, rule] of Object.entries(definition.operations)) {
    for (const called of [name, ...(rule.also ?? [])]) {
      if (rules.has(called)) throw new TypeError(`model ${definition.name}: two operations are called ${called}`);
      rules.set(called, rule);
    }
  }
  return Object.freeze({ ...definition, rule: (f: string) => rules.get(f) });
}

/** Is the operation pure, as its model declares it? */
export function isPure(model: AnyModel, operation: Operation): boolean {
  const pure = model.rule(operation.f)?.pure ?? false;
  return typeof pure === 'boolean' ? pure : pure(operation);
}

/** Failed operations say nothing, unless the model keeps them. */
export function counts(model: AnyModel, operation: Operation): boolean {
  return operation.outcome !== 'failed' || model.rule(operation.f)?.observed?.(operation) === true;
}

/** For people: `write x=2`, `read x → 1`. */
export function describe(model: AnyModel, operation: Operation): string {
  const own = model.rule(operation.f)?.describe?.(operation);
  if (own !== undefined) return own;
  const words = [operation.f];
  if (operation.key !== undefined) words.push(showValue(operation.key));
  if (operation.input !== null) words.push(showValue(operation.input));
  if (operation.output !== undefined && canonical(operation.output) !== canonical(operation.input)) {
    words.push(`→ ${showValue(operation.output)}`);
  }
  return words.join(' ');
}

/** @throws HistoryError when there are operations that the model does not know, or with inputs that it cannot take. */
export function assertSpoken(model: AnyModel, operations: readonly Operation[]): void {
  const problems: HistoryProblem[] = [];
  let f: string | undefined;
  let rule: OperationRule<unknown> | undefined;
  for (const operation of operations) {
    if (operation.f !== f) rule = model.rule((f = operation.f));
    const expected = rule?.badInput?.(operation.input);
    if (rule !== undefined && expected === undefined) continue;
    const where = { at: operation.call, index: operation.id };
    if (expected === undefined) {
      const names = Object.keys(model.operations);
      const near = nearestName(operation.f, names);
      problems.push({
        ...where,
        code: 'unknown-operation',
        message: `model ${model.name} has no operation ${showValue(operation.f)}`,
        expected: names.join(', '),
        hint: near === undefined ? 'Is this the right model for the history?' : `Did you mean ${near}?`,
      });
      continue;
    }
    problems.push({
      ...where,
      code: 'bad-input',
      message: `${operation.f} cannot take ${showValue(operation.input)}`,
      expected,
      hint: 'Is this the right model for the history?',
    });
  }
  if (problems.length > 0) throw new HistoryError(problems);
}

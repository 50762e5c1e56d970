import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { sameValue, showValue } from '../values.js';
import { defineModel, type AnyModel, type OperationRule } from './model.js';

/** The object's state, and which operations have begun and not ended, by the `index` of their invocations, rising. */
interface Underway {
  readonly begun: readonly number[];
  readonly state: unknown;
}

// The input of a step: the operation that it is one of.
type StepInput = readonly [id: number, input: Value];

const BEGINS = ' begins';
const ENDS = ' ends';

const hasSpans = ({ operations }: AnyModel): boolean =>
  Object.values(operations).some((rule) => rule.begin !== undefined);

/** Operations that span several steps of the object as two of one step each, with one `id`; others as they are. */
export function stepsOf(model: AnyModel, operations: readonly Operation[]): readonly Operation[] {
  if (!hasSpans(model)) return operations;
  return operations.flatMap((one) => {
    if (model.rule(one.f)?.begin === undefined) return [one];
    const input = [one.id, one.input];
    return [
      { ...one, f: one.f + BEGINS, input },
      { ...one, f: one.f + ENDS, input },
    ];
  });
}

/** The model by single steps, where a step that ends an operation comes after the one that began it. Others as they are. */
export function stepwise(model: AnyModel): AnyModel {
  if (!hasSpans(model)) return model;
  const operations: Record<string, OperationRule<Underway>> = {};
  for (const [name, rule] of Object.entries(model.operations)) {
    const { begin, also = [] } = rule;
    if (begin === undefined) {
      const { pure = false } = rule;
      const step = (now: Underway, one: Operation): Underway[] =>
        rule.step(now.state, one).map((state) => ({ ...now, state }));
      operations[name] = { also, pure, step };
      continue;
    }
    operations[name + BEGINS] = {
      also: also.map((alias) => alias + BEGINS),
      step({ begun, state }, one) {
        const [id, input] = one.input as unknown as StepInput;
        const now = [...begun, id].sort((a, b) => a - b);
        return begin(state, { ...one, input }).map((next) => ({ begun: now, state: next }));
      },
    };
    operations[name + ENDS] = {
      also: also.map((alias) => alias + ENDS),
      step({ begun, state }, one) {
        const [id, input] = one.input as unknown as StepInput;
        if (!begun.includes(id)) return [];
        const now = begun.filter((other) => other !== id);
        return rule.step(state, { ...one, input }).map((next) => ({ begun: now, state: next }));
      },
    };
  }
  return defineModel<Underway>({
    name: model.name,
    summary: model.summary,
    init: () => ({ begun: [], state: model.init() as unknown }),
    operations,
    show: ({ state }) => model.show?.(state) ?? showValue(state),
  });
}

/** The states after a step; none when it cannot happen there. */
export function after(model: AnyModel, state: unknown, step: Operation): readonly unknown[] {
  return model.rule(step.f)?.step(state, step) ?? [];
}

/** The states after a step from any of these, each once: what may hold where a model lets several follow. */
export function afterAny(model: AnyModel, states: readonly unknown[], step: Operation): unknown[] {
  const next = states.flatMap((state) => after(model, state, step));
  return next.filter((state, i) => next.findIndex((other) => sameValue(state, other)) === i);
}

/** Of steps that are alike the first: where one may be taken, it stands for the others. */
export function eachKind(steps: readonly Operation[]): readonly Operation[] {
  return steps.filter((one, i) => steps.findIndex((other) => isAlike(one, other)) === i);
}

function isAlike(a: Operation, b: Operation): boolean {
  return a.f === b.f && a.outcome === b.outcome && sameValue(a.input, b.input) && sameValue(a.output, b.output);
}

/** May there be an order of the steps up to a place of the history that goes through a state, as far as the model foresees? */
export function foreseen(model: AnyModel, steps: readonly Operation[], cut: number): (state: unknown) => boolean {
  const required = steps.filter((one) => one.return <= cut);
  const optional = steps.filter((one) => one.return > cut);
  return model.foresee?.(required, optional) ?? (() => true);
}

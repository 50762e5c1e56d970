import type { History } from '../../engine/history.js';
import { operationsOf, type AnyModel, type Operation } from '../../checkers/index.js';

/**
 * Is the history linearizable? By trying every order of everything that returned with every choice of what did not, all
 * keys at once, without any shortcut: the definition itself. For a handful of operations.
 */
export function linearizableByDefinition(history: History, model: AnyModel): boolean {
  const operations = operationsOf(history).filter((operation) => {
    return operation.outcome !== 'failed' || model.rule(operation.f)?.observed?.(operation) === true;
  });
  return fitsByDefinition(model, operations);
}

/** The same of operations. */
export function fitsByDefinition(model: AnyModel, operations: readonly Operation[]): boolean {
  return fits(model, operations, new Map());
}

function fits(
  model: AnyModel,
  rest: readonly Operation[],
  states: ReadonlyMap<unknown, unknown>,
  begun: ReadonlySet<Operation> = new Set(),
): boolean {
  if (rest.every((operation) => operation.return === Infinity)) return true;
  return rest.some((operation) => {
    if (rest.some((other) => other.return < operation.call)) return false;
    const state: unknown = states.has(operation.key) ? states.get(operation.key) : model.init();
    const rule = model.rule(operation.f);
    const begins = rule?.begin !== undefined && !begun.has(operation);
    const others = begins ? rest : rest.filter((other) => other !== operation);
    const next = (begins ? rule?.begin?.(state, operation) : rule?.step(state, operation)) ?? [];
    const now = begins ? new Set([...begun, operation]) : begun;
    return next.some((after) => fits(model, others, new Map(states).set(operation.key, after), now));
  });
}

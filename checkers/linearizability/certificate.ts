import type { History } from '../../engine/history.js';
import { operationsOf, type Operation } from '../history/operation.js';
import { counts, spareOperations, type AnyModel } from '../models/model.js';
import { canonical } from '../values.js';
import type { KeyVerdict, LinearizabilityResult } from './linearizable.js';

const CONFIGURATIONS_MAX = 200_000;

/**
 * Confirms a verdict from its certificate, by other and simpler means than the search: the linearisations of an `ok`, the
 * evidence of a `violation`. @returns what is wrong with it, or undefined. Says so too when there is nothing to confirm.
 */
export function certificateFault(history: History, model: AnyModel, result: LinearizabilityResult): string | undefined {
  const byKey = new Map<string, Operation[]>();
  for (const operation of operationsOf(history).filter((one) => counts(model, one))) {
    const name = canonical(operation.key);
    const own = byKey.get(name);
    if (own === undefined) byKey.set(name, [operation]);
    else own.push(operation);
  }
  for (const key of result.keys) {
    const own = byKey.get(canonical(key.key)) ?? [];
    if (result.verdict === 'violation' && key.verdict !== 'violation') continue;
    const fault = key.linearisation ? orderFault(model, own, key.linearisation) : partFault(model, own, key);
    if (fault !== undefined) return `key ${canonical(key.key)}: ${fault}`;
  }
  return result.verdict === 'undecided' || byKey.size !== result.keys.length ? 'not a verdict on every key' : undefined;
}

function orderFault(model: AnyModel, own: readonly Operation[], order: readonly number[]): string | undefined {
  const byId = new Map(own.map((operation) => [operation.id, operation]));
  let states = [model.init()] as unknown[];
  let latestCall = -1;
  for (const id of order) {
    const operation = byId.get(id);
    if (operation === undefined || !byId.delete(id)) return `operation ${id} is not there, or there twice`;
    if (operation.return < latestCall) return `operation ${id} had returned before one ahead of it was called`;
    latestCall = Math.max(latestCall, operation.call);
    states = states.flatMap((state) => [...(model.rule(operation.f)?.step(state, operation) ?? [])]);
    if (states.length === 0) return `operation ${id} does not fit there`;
  }
  const left = [...byId.values()].find((operation) => operation.return !== Infinity);
  return left === undefined ? undefined : `operation ${left.id} returned, but is not in the order`;
}

function partFault(model: AnyModel, own: readonly Operation[], key: KeyVerdict): string | undefined {
  if (key.evidence === undefined) return 'no certificate';
  const { cut, part: shown } = key.evidence;
  const ids = new Set(shown.map((operation) => operation.id));
  const part = own.filter((operation) => ids.has(operation.id));
  const omitted = own.filter((operation) => !ids.has(operation.id) && operation.call < cut);
  const spare = spareOperations(model, part, omitted);
  const wrong = omitted.find((operation) => !spare.has(operation));
  if (part.length !== shown.length || wrong) return `operation ${wrong?.id} may not be left out`;
  const seen = new Set<string>();
  const fits = (rest: readonly Operation[], state: unknown): boolean => {
    const must = rest.filter((operation) => operation.return <= cut);
    if (must.length === 0) return true;
    const name = `${rest.map((operation) => operation.id).join()} ${canonical(state)}`;
    if (seen.has(name) || seen.size > CONFIGURATIONS_MAX) return seen.size > CONFIGURATIONS_MAX;
    seen.add(name);
    return rest
      .filter((operation) => must.every((other) => other.return > operation.call))
      .some((o) =>
        model
          .rule(o.f)
          ?.step(state, o)
          .some((next) =>
            fits(
              rest.filter((other) => other !== o),
              next,
            ),
          ),
      );
  };
  return fits(part, model.init()) ? 'the part is linearizable, or too large to confirm' : undefined;
}

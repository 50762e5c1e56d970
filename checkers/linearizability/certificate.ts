import type { History } from '../../engine/history.js';
import { operationsOf, type Operation } from '../history/operation.js';
import { counts, type AnyModel } from '../models/model.js';
import { projected, spareOperations } from '../models/spare.js';
import { canonical, sameValue } from '../values.js';
import { unanswered } from './unanswered.js';
import type { KeyVerdict, LinearizabilityResult, Verdict } from './linearizable.js';

const CONFIGURATIONS_MAX = 100_000;

/**
 * Confirms a verdict from its certificate, by other and simpler means than the search: the linearisations of an `ok`, the
 * evidence of a `violation`. @returns what is wrong with it, or undefined. Says so too when there is nothing to confirm.
 */
export function certificateFault(history: History, model: AnyModel, result: LinearizabilityResult): string | undefined {
  const byKey = new Map<string, Operation[]>();
  for (const one of operationsOf(history).filter((operation) => counts(model, operation))) {
    const own = byKey.get(canonical(one.key)) ?? [];
    if (own.push(one) === 1) byKey.set(canonical(one.key), own);
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
    const one = byId.get(id);
    if (one === undefined || !byId.delete(id)) return `operation ${id} is not there, or there twice`;
    if (one.return < latestCall) return `operation ${id} had returned before one ahead of it was called`;
    latestCall = Math.max(latestCall, one.call);
    states = states.flatMap((state) => [...(model.rule(one.f)?.step(state, one) ?? [])]);
    if (states.length === 0) return `operation ${id} does not fit there`;
    if (states.length > 1) states = states.filter((s, i) => states.findIndex((other) => sameValue(s, other)) === i);
  }
  const left = [...byId.values()].find((operation) => operation.return !== Infinity);
  return left === undefined ? undefined : `operation ${left.id} returned, but is not in the order`;
}

function partFault(model: AnyModel, own: readonly Operation[], { evidence }: KeyVerdict): string | undefined {
  if (evidence === undefined) return 'no certificate';
  const [ids, free] = [evidence.part, evidence.free].map((shown) => new Set(shown.map(({ id }) => id)));
  const part = own.filter(({ id }) => ids?.has(id) === true || free?.has(id) === true);
  const omitted = own.filter((one) => !part.includes(one) && one.call < evidence.cut);
  const spare = spareOperations(model, part, omitted, true);
  const wrong = omitted.find((operation) => !spare.has(operation));
  if (part.length !== evidence.part.length + evidence.free.length || wrong !== undefined)
    return `operation ${wrong?.id} may not be left out`;
  const all = projected(model, part, omitted).map((one) => (free?.has(one.id) === true ? unanswered(one) : one));
  const found = plainly(model, all, evidence.cut, CONFIGURATIONS_MAX);
  return found === 'violation' ? undefined : `the part is ${found === 'ok' ? 'linearizable' : 'too large to confirm'}`;
}

/** Walks along the history with every set of open operations that may have taken effect, and the state that they leave. */
export function plainly(model: AnyModel, all: readonly Operation[], cut: number, most: number): Verdict {
  const [must, may] = [all.filter((one) => one.return <= cut), all.filter((one) => one.return > cut)];
  const mayBe = model.foresee?.(must, may) ?? (() => true);
  const named = (taken: readonly number[], state: unknown): string => `${taken.join()} ${canonical(state)}`;
  let places = [{ taken: [] as readonly number[], state: model.init() as unknown }];
  for (const end of must.sort((a, b) => a.return - b.return)) {
    const open = all.filter((one) => one.call < end.return && one.return >= end.return);
    const seen = new Set(places.map(({ taken, state }) => named(taken, state)));
    const passed = new Map<string, (typeof places)[number]>();
    for (const { taken, state } of places) {
      if (seen.size > most) return 'undecided';
      const left = taken.filter((id) => id !== end.id);
      if (left.length < taken.length) passed.set(named(left, state), { taken: left, state });
      else {
        for (const one of open.filter(({ id }) => !taken.includes(id))) {
          const more = [...taken, one.id].sort((a, b) => a - b);
          for (const next of (model.rule(one.f)?.step(state, one) ?? []).filter(mayBe)) {
            if (seen.size < seen.add(named(more, next)).size) places.push({ taken: more, state: next });
          }
        }
      }
    }
    if (passed.size === 0) return 'violation';
    places = [...passed.values()];
  }
  return 'ok';
}

import type { History } from '../../engine/history.js';
import { operationsOf, type Operation } from '../history/operation.js';
import { counts, type AnyModel } from '../models/model.js';
import { after, stepsOf, stepwise } from '../models/steps.js';
import { canonical, sameValue } from '../values.js';
import { asClaimed } from './claim.js';
import type { KeyVerdict, LinearizabilityResult, Verdict } from './linearizable.js';
import { partsOf } from './parts.js';

/** Confirms a verdict from its certificate, without a search. @returns what is wrong with it, or lacking; or undefined. */
export function certificateFault(history: History, model: AnyModel, result: LinearizabilityResult): string | undefined {
  const parts = partsOf(operationsOf(history).filter((one) => counts(model, one)));
  const proved = result.keys.filter(({ verdict }) => verdict === result.verdict).length;
  const isWhole = parts.length === result.keys.length && proved >= (result.verdict === 'ok' ? parts.length : 1);
  if (result.verdict === 'undecided' || !isWhole) return 'not a verdict on every key';
  const confirm = result.verdict === 'ok' ? orderFault : partFault;
  const faults = result.keys.map(
    (key, i) => key.verdict === result.verdict && confirm(model, parts[i]!.operations, key),
  );
  return faults.find((fault) => typeof fault === 'string');
}

/** All that returned is in the order, nothing twice, nothing after what was called when it had returned; and all fits. */
function orderFault(
  whole: AnyModel,
  own: readonly Operation[],
  { linearisation = [] }: KeyVerdict,
): string | undefined {
  const [model, left] = [stepwise(whole), new Map<number, Operation[]>()];
  for (const one of stepsOf(whole, own)) left.set(one.id, [...(left.get(one.id) ?? []), one]);
  let [states, latestCall] = [[model.init() as unknown], -1];
  for (const id of linearisation) {
    const one = left.get(id)?.shift();
    if (one === undefined) return `operation ${id} is not there, or there twice`;
    if (one.return < latestCall) return `operation ${id} had returned before one ahead of it was called`;
    latestCall = Math.max(latestCall, one.call);
    const next = states.flatMap((state) => after(model, state, one));
    states = next.filter((state, i) => next.findIndex((other) => sameValue(state, other)) === i);
    if (states.length === 0) return `operation ${id} does not fit there`;
  }
  const lost = [...left.values()].flat().find((one) => one.return !== Infinity);
  return lost && `operation ${lost.id} returned, but is not in the order`;
}

function partFault(model: AnyModel, own: readonly Operation[], { evidence }: KeyVerdict): string | undefined {
  if (evidence === undefined) return 'no certificate';
  const [part, free] = [evidence.part, evidence.free].map((list) => new Set(list.map(({ id }) => id)));
  const claimed = asClaimed(model, own, part!, free!, evidence.cut);
  const found = claimed && plainly(model, claimed, evidence.cut, 100_000);
  if (found === 'violation') return undefined;
  return found === undefined
    ? 'an operation may not be left out'
    : `the part is ${found === 'ok' ? 'linearizable' : 'too large'}`;
}

/** Walks along the history with every set of open operations that may have taken effect, and the state that they leave. */
export function plainly(whole: AnyModel, all: readonly Operation[], cut: number, most: number): Verdict {
  const [model, steps] = [stepwise(whole), [...stepsOf(whole, all)].sort((a, b) => a.return - b.return)];
  const kinds = steps.map(({ f, input, output, outcome }) => canonical([f, input, output, outcome]));
  const must = steps.filter((one) => one.return <= cut);
  const mayBe = model.foresee?.(must, steps.slice(must.length)) ?? (() => true);
  type Place = readonly [taken: readonly number[], state: unknown];
  const add = (to: Map<string, Place>, taken: readonly number[], state: unknown): void =>
    void to.set(`${taken.join()} ${canonical(state)}`, [taken, state]);
  let places = new Map<string, Place>([['', [[], model.init()]]]);
  for (const [end, { return: at }] of must.entries()) {
    const open = [...steps.keys()].filter((i) => i >= end && steps[i]!.call < at);
    const passed = new Map<string, Place>();
    for (const [taken, state] of places.values()) {
      if (places.size > most) return 'undecided';
      const left = open.filter((i) => !taken.includes(i));
      if (!left.includes(end))
        add(
          passed,
          taken.filter((i) => i !== end),
          state,
        );
      // Of two that are alike, the one that returns first.
      else
        for (const i of left.filter((one) => left.find((twin) => kinds[twin] === kinds[one]) === one)) {
          const more = [...taken, i].sort((a, b) => a - b);
          for (const next of after(model, state, steps[i]!).filter(mayBe)) add(places, more, next);
        }
    }
    if (passed.size === 0) return 'violation';
    places = passed;
  }
  return 'ok';
}

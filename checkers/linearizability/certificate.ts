import type { History } from '../../engine/history.js';
import { operationsOf, type Operation } from '../history/operation.js';
import { counts, type AnyModel } from '../models/model.js';
import { withOnly, type Claimed } from '../models/spare.js';
import { after, afterAny, eachKind, foreseen, stepsOf, stepwise } from '../models/steps.js';
import { canonical, sameValue } from '../values.js';
import type { KeyVerdict, LinearizabilityResult } from './verdict.js';
import { partsOf } from './parts.js';

type Fault = string | undefined;

/** Confirms a verdict from its certificate, without a search. @returns what is wrong with it, or lacking; or undefined. */
export function certificateFault(history: History, model: AnyModel, { verdict, keys }: LinearizabilityResult): Fault {
  const parts = partsOf(operationsOf(history), (one) => counts(model, one));
  const sameKeys = keys.length === parts.length && keys.every(({ key }, i) => sameValue(key, parts[i]!.key));
  const proved = keys.filter((key) => key.verdict === verdict && verdict !== 'undecided').length;
  if (!sameKeys || proved < (verdict === 'ok' ? keys.length : 1)) return 'not a verdict on every key';
  const confirm = verdict === 'ok' ? orderFault : partFault;
  return keys.flatMap((key, i) => (key.verdict === verdict && confirm(model, parts[i]!.operations, key)) || [])[0];
}

/** All that returned is in the order, nothing twice, nothing after what was called when it had returned; and all fits. */
function orderFault(model: AnyModel, own: readonly Operation[], { linearisation = [] }: KeyVerdict): Fault {
  const [rules, left] = [stepwise(model), new Map<number, Operation[]>()];
  for (const one of stepsOf(model, own)) left.set(one.id, [...(left.get(one.id) ?? []), one]);
  let [states, latestCall] = [[rules.init() as unknown], -1];
  for (const id of linearisation) {
    const one = left.get(id)?.shift();
    if (one === undefined) return `operation ${id} is not there, or there twice`;
    if (one.return < latestCall) return `operation ${id} had returned before one ahead of it was called`;
    latestCall = Math.max(latestCall, one.call);
    states = afterAny(rules, states, one);
    if (states.length === 0) return `operation ${id} does not fit there`;
  }
  const lost = [...left.values()].flat().find((one) => one.return !== Infinity);
  return lost && `operation ${lost.id} returned, but is not in the order`;
}

/** Of the part alone, every step that was called before the first return to come may be next: that ends before the cut. */
export function partFault(model: AnyModel, own: readonly Operation[], { evidence }: Claimed, most = 100_000): Fault {
  if (evidence === undefined) return 'no certificate';
  const part = withOnly(model, own, evidence);
  if (part === undefined) return 'an operation may not be left out, or is not as it was';
  const [rules, steps] = [stepwise(model), [...stepsOf(model, part)].sort((a, b) => a.return - b.return)];
  const mayBe = foreseen(rules, steps, evidence.cut);
  let places = [{ left: steps, state: rules.init() as unknown }];
  while (places.length > 0) {
    if (places.some(({ left }) => (left[0]?.return ?? Infinity) > evidence.cut)) return 'the part is linearizable';
    const reached = new Map<string, (typeof places)[0]>();
    for (const { left, state } of places)
      for (const one of eachKind(left.filter(({ call }) => call < left[0]!.return)))
        for (const next of after(rules, state, one).filter(mayBe)) {
          const rest = left.filter((other) => other !== one);
          reached.set(canonical([rest.map(({ id }) => id), next]), { left: rest, state: next });
        }
    if (reached.size > most) return 'the part is too large';
    places = [...reached.values()];
  }
  return undefined;
}

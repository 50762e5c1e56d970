import { showValue } from '../values.js';
import type { AnyModel } from '../models/model.js';
import type { Frontier } from './frontier.js';

/** Where the frontier stood: what may be so at this place of the history, everything before it being in order. */
export interface Standpoint {
  /** The place: that of the return that was not got past. */
  readonly before: number;
  /** How many configurations there are: a state, and which open operations took effect already. */
  readonly configurations: number;
  /** A few of them. */
  readonly shown: readonly { readonly state: string; readonly tookEffect: readonly number[] }[];
}

const SHOWN_MAX = 5;

export function standpointOf(model: AnyModel, frontier: Frontier): Standpoint {
  const shown: Standpoint['shown'][number][] = [];
  for (let entry = 1; entry <= Math.min(frontier.size, SHOWN_MAX); entry++) {
    const { operations, state } = frontier.order(entry);
    const open = operations.filter((operation) => operation.return >= frontier.reached);
    shown.push({ state: model.show?.(state) ?? showValue(state), tookEffect: open.map((operation) => operation.id) });
  }
  return { before: frontier.reached, configurations: frontier.size, shown };
}

import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { canonical, sameValue } from '../values.js';
import { EVERYTHING, isPure, type AnyModel } from './model.js';
import { unanswered } from './unanswered.js';

/**
 * Which of `candidates` may be left out, together, without making the rest harder to order. Always pure operations. Where
 * rules say what operations are `about`: all operations about a value that nothing which stays is about. Elsewhere updates
 * whose value nobody in what stays reads, which is sound where *every* operation that stays says what it reads and writes:
 * in an order of all, the update just before a reader stays, so the reader finds the same state without those that go. A
 * refused compare-and-set, an append and the like say no such thing: with one of them among what stays, no update may go.
 */
export function spareOperations(
  model: AnyModel,
  kept: readonly Operation[],
  candidates: readonly Operation[],
  /** Will what stays be `projected`? Then what is about many values is in no other's way. */
  projecting = false,
): Set<Operation> {
  const rules = Object.values(model.operations);
  return rules.some((rule) => rule.about !== undefined)
    ? spareByWhatTheyAreAbout(model, kept, candidates, projecting)
    : spareUpdates(model, kept, candidates);
}

function spareByWhatTheyAreAbout(
  model: AnyModel,
  kept: readonly Operation[],
  candidates: readonly Operation[],
  projecting: boolean,
): Set<Operation> {
  const isAbout = (operation: Operation): Value | typeof EVERYTHING | undefined => {
    const rule = model.rule(operation.f);
    if (rule?.about !== undefined) return rule.about(operation);
    return projecting && rule?.project !== undefined ? undefined : EVERYTHING;
  };
  const mayGo = new Set<Operation>();
  const wanted = new Set<string>();
  let everything = false;
  const keep = (value: ReturnType<typeof isAbout>): void => {
    if (value === EVERYTHING) everything = true;
    else wanted.add(canonical(value));
  };
  for (const operation of kept) keep(isAbout(operation));
  for (const operation of candidates) {
    const value = isAbout(operation);
    if (isPure(model, operation) || (value !== undefined && value !== EVERYTHING)) mayGo.add(operation);
    else keep(value);
  }
  for (const operation of mayGo) {
    if (isPure(model, operation)) continue;
    if (everything || wanted.has(canonical(isAbout(operation)))) mayGo.delete(operation);
  }
  return mayGo;
}

function spareUpdates(model: AnyModel, kept: readonly Operation[], candidates: readonly Operation[]): Set<Operation> {
  const read = new Set<string>();
  let plain = true;
  const keep = (operation: Operation): void => {
    const rule = model.rule(operation.f);
    const reads = rule?.reads?.(operation);
    const says = isPure(model, operation) ? reads !== undefined : rule?.writes?.(operation) !== undefined;
    if (!says && !isIdle(model, operation)) plain = false;
    if (reads !== undefined) read.add(canonical(reads));
  };
  kept.forEach(keep);
  const spare = new Set(candidates);
  for (let size = -1; size !== spare.size;) {
    size = spare.size;
    for (const operation of spare) {
      if (isPure(model, operation)) continue;
      const writes = model.rule(operation.f)?.writes?.(operation);
      if (plain && writes !== undefined && !read.has(canonical(writes))) continue;
      spare.delete(operation);
      keep(operation);
    }
  }
  return spare;
}

/** A question that was never answered: it neither asks nor changes anything. */
function isIdle(model: AnyModel, operation: Operation): boolean {
  return operation.outcome === 'unknown' && isPure(model, operation);
}

/** What operations that stay would have said, had the values never been there that only operations left out are about. */
export function projected(
  model: AnyModel,
  kept: readonly Operation[],
  leftOut: readonly Operation[],
): readonly Operation[] {
  if (leftOut.length === 0 || Object.values(model.operations).every((rule) => rule.project === undefined)) return kept;
  const about = (operation: Operation): string => canonical(model.rule(operation.f)?.about?.(operation) as Value);
  const stay = new Set(kept.map(about));
  // Leaving out what is pure takes no value away: one that was read and that nobody added stays as wrong as it is.
  const updates = leftOut.filter((operation) => !isPure(model, operation));
  const gone = new Set(updates.map(about).filter((value) => !stay.has(value)));
  const isThere = (value: Value): boolean => !gone.has(canonical(value));
  return kept.map((operation) => model.rule(operation.f)?.project?.(operation, isThere) ?? operation);
}

/** Operations of a history that are said to show, by themselves, what is wrong with the whole. */
export interface Claim {
  /** As they were answered. */
  readonly part: readonly Shown[];
  /** As if they never had been answered, by the `index` of their invocations. */
  readonly free: readonly { readonly id: number }[];
  /** A place of the history: what was called after it has no say. */
  readonly cut: number;
}

export interface Claimed {
  readonly evidence?: Claim | undefined;
}

type Shown = Pick<Operation, 'id' | 'f' | 'input' | 'call'> & { readonly output?: Value | undefined };

/**
 * A history with only what is claimed, as it is claimed: what is left of a correct history is correct.
 *
 * @returns undefined where one of the others may not be left out, or where a claimed operation is not of the history.
 */
export function withOnly(
  model: AnyModel,
  own: readonly Operation[],
  { part, free, cut }: Claim,
): readonly Operation[] | undefined {
  const byId = new Map(part.map((one) => [one.id, one]));
  const isFree = new Set(free.map(({ id }) => id));
  const kept = own.filter((one) => isFree.has(one.id) || isAsShown(one, byId.get(one.id)));
  if (kept.length !== part.length + free.length) return undefined;
  const stays = new Set(kept);
  const omitted = own.filter((one) => !stays.has(one) && one.call < cut);
  const spare = spareOperations(model, kept, omitted, true);
  if (omitted.some((one) => !spare.has(one))) return undefined;
  return projected(model, kept, omitted).map((one) => (isFree.has(one.id) ? unanswered(one) : one));
}

function isAsShown(one: Operation, shown: Shown | undefined): boolean {
  const told = ({ f, input, output, call }: Shown): unknown[] => [f, input, output, call];
  return shown !== undefined && sameValue(told(one), told(shown));
}

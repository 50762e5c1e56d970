import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { isPure } from '../models/model.js';
import { sameValue } from '../values.js';
import type { Monitor, MonitorVerdict } from './monitor.js';

/** What an operation did to one value of a set. */
export type MemberRole = 'add' | 'remove' | { readonly contains: boolean };

/** The operations about one value. */
interface Member {
  readonly add: Operation | undefined;
  readonly remove: Operation | undefined;
  /** Answered questions: those that found it there, and those that did not. */
  readonly there: readonly Operation[];
  readonly absent: readonly Operation[];
  readonly returned: (operation: Operation) => number;
}

/** When it is there: from `from` until `to`, Infinity for ever. `idle`: what happens and changes nothing, before all that. */
interface Stay {
  readonly from: number;
  readonly to: number;
  readonly idle: Operation | undefined;
}

/**
 * One value of a set, added at most once and removed at most once, in O(n) (sets as in Abdulla et al., PLDI 2025, arXiv 2509.17795). The add comes before
 * the remove, or the remove finds nothing; either way the bounds of the two moments follow from their intervals and from
 * what was answered, and the best moments are the last for the add and the first for the remove. The values of a set have
 * nothing to do with one another, so each is judged on its own.
 */
export function addRemoveSetMonitor(role: (operation: Operation) => MemberRole | undefined): Monitor {
  return {
    name: 'set',
    judge(model, operations, cut) {
      const returned = ({ return: at }: Operation): number => (at <= cut ? at : Infinity);
      const updates: Partial<Record<'add' | 'remove', Operation>> = {};
      const there: Operation[] = [];
      const absent: Operation[] = [];
      let value: Value | undefined;
      for (const operation of operations) {
        if (isPure(model, operation) && returned(operation) === Infinity) continue;
        const what = role(operation);
        value ??= operation.input;
        // Something about all values, or two of them.
        if (what === undefined || !sameValue(value, operation.input)) return undefined;
        if (typeof what === 'object') (what.contains ? there : absent).push(operation);
        else if (updates[what] !== undefined) return undefined;
        else updates[what] = operation;
      }
      return judged({ add: updates.add, remove: updates.remove, there, absent, returned });
    },
  };
}

function judged(member: Member): MonitorVerdict {
  const { add, remove, there, absent, returned } = member;
  for (const stay of stays(member)) {
    if (stay !== undefined) return { verdict: 'ok', order: inOrder(member, stay) };
  }
  // What bounds the moments of all ways in which it could have been.
  const part = [
    add,
    remove,
    least(there, returned),
    greatest(there, (one) => one.call),
    greatest(absent, (one) => one.call),
    inside(member),
  ];
  return { verdict: 'violation', part: [...new Set(part)].filter((operation) => operation !== undefined) };
}

/** The ways in which it may have come and gone; undefined for one that does not fit. */
function stays(member: Member): (Stay | undefined)[] {
  const { add, remove, there, returned } = member;
  const mustAdd = add !== undefined && returned(add) !== Infinity;
  const mustRemove = remove !== undefined && returned(remove) !== Infinity;
  return [
    !mustAdd && there.length === 0
      ? { from: Infinity, to: Infinity, idle: mustRemove ? remove : undefined }
      : undefined,
    add !== undefined && !mustRemove ? forEver(member, add, undefined) : undefined,
    add !== undefined && remove !== undefined ? forAWhile(member, add, remove) : undefined,
    add !== undefined && remove !== undefined ? forEver(member, add, remove) : undefined,
  ];
}

function forEver({ there, absent, returned }: Member, add: Operation, idle: Operation | undefined): Stay | undefined {
  const from = Math.max(add.call, idle?.call ?? -1, ...callsOf(greatest(absent, (one) => one.call)));
  const by = Math.min(returned(add), ...returnsOf(least(there, returned)));
  return from < by ? { from: from + 0.5, to: Infinity, idle } : undefined;
}

function forAWhile(member: Member, add: Operation, remove: Operation): Stay | undefined {
  const { absent, returned } = member;
  const { latest, earliest } = bounds(member, add, remove);
  if (add.call > latest || returned(remove) < earliest) return undefined;
  // The two can happen at one moment, and all that found it there between them.
  if (earliest < latest) return { from: earliest + 0.5, to: earliest + 0.5, idle: undefined };
  const fits = absent.every((one) => one.call < latest || one.return > earliest);
  return fits ? { from: latest - 0.5, to: earliest + 0.5, idle: undefined } : undefined;
}

/** The latest that it can be added, and the earliest that it can be removed. */
function bounds({ there, returned }: Member, add: Operation, remove: Operation): { latest: number; earliest: number } {
  return {
    latest: Math.min(returned(add), returned(remove), ...returnsOf(least(there, returned))),
    earliest: Math.max(add.call, remove.call, ...callsOf(greatest(there, (one) => one.call))),
  };
}

/** A question that was asked after it surely was there and answered before it surely was not, and found nothing. */
function inside(member: Member): Operation | undefined {
  const { add, remove, absent } = member;
  if (add === undefined || remove === undefined) return undefined;
  const { latest, earliest } = bounds(member, add, remove);
  return absent.find((one) => one.call > latest && one.return < earliest);
}

function inOrder({ add, remove, there, absent }: Member, { from, to, idle }: Stay): Operation[] {
  const before = [...(idle === undefined ? [] : [idle]), ...absent.filter((one) => one.call < from)];
  const after = absent.filter((one) => one.call > from);
  const isThere = from !== Infinity;
  return [
    ...before.sort((a, b) => a.call - b.call),
    ...(isThere ? [add as Operation, ...there] : []),
    ...(isThere && to !== Infinity ? [remove as Operation] : []),
    ...after,
  ];
}

function least(operations: readonly Operation[], key: (operation: Operation) => number): Operation | undefined {
  return greatest(operations, (operation) => -key(operation));
}

function greatest(operations: readonly Operation[], key: (operation: Operation) => number): Operation | undefined {
  let best: Operation | undefined;
  for (const operation of operations) if (best === undefined || key(operation) > key(best)) best = operation;
  return best;
}

function callsOf(operation: Operation | undefined): number[] {
  return operation === undefined ? [] : [operation.call];
}

function returnsOf(operation: Operation | undefined): number[] {
  return operation === undefined ? [] : [operation.return];
}

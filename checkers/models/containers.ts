import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import type { Role, RoleOf } from '../monitors/items.js';
import type { Monitor } from '../monitors/monitor.js';
import { priorityQueueMonitor } from '../monitors/priority-queue.js';
import { queueMonitor } from '../monitors/queue.js';
import { stackMonitor } from '../monitors/stack.js';
import { ValueMap } from '../value-map.js';
import { compareText, canonical, sameValue } from '../values.js';
import { defineModel, type Model, type OperationRule } from './model.js';

type Contents = readonly Value[];

/** A container with one way in and one way out. Taking from an empty one gives null, or fails with the error `empty`. */
interface Container {
  readonly name: string;
  readonly summary: string;
  readonly put: { readonly name: string; readonly also: readonly string[] };
  readonly take: { readonly name: string; readonly also: readonly string[] };
  /** Adds a value. */
  insert(contents: Contents, value: Value): Contents;
  /** Which one is taken next. */
  next(contents: Contents): number;
  /** Is what stands first taken before what stands behind it? Otherwise after. */
  readonly firstGoesFirst: boolean;
  readonly monitor: (role: RoleOf) => Monitor;
}

const EMPTY = /^\[?:?empty\b/;

function foundNothing({ outcome, output, error }: Operation): boolean {
  return outcome === 'ok' ? output === null : outcome === 'failed' && error !== undefined && EMPTY.test(error);
}

function container({ name, summary, put, take, insert, next, firstGoesFirst, monitor }: Container): Model<Contents> {
  const puts = new Set([put.name, ...put.also]);
  const without = (contents: Contents, at: number): Contents => contents.filter((_, i) => i !== at);
  const putRule: OperationRule<Contents> = {
    also: put.also,
    step: (contents, { input }) => [insert(contents, input)],
    badInput: (input) => (input === null ? 'a value; null says that there is none' : undefined),
    about: ({ input }) => input,
  };
  const takeRule: OperationRule<Contents> = {
    also: take.also,
    step(contents, operation) {
      if (foundNothing(operation)) return contents.length === 0 ? [contents] : [];
      // Nobody knows what an unanswered one took.
      if (contents.length === 0) return operation.output === undefined ? [contents] : [];
      const at = next(contents);
      const fits = operation.output === undefined || sameValue(contents[at], operation.output);
      return fits ? [without(contents, at)] : [];
    },
    pure: foundNothing,
    observed: foundNothing,
    about: ({ output }) => output ?? undefined,
  };
  const role = (operation: Operation): Role | undefined => {
    if (puts.has(operation.f)) return { put: operation.input };
    if (foundNothing(operation)) return 'found-nothing';
    return operation.output === undefined ? undefined : { took: operation.output };
  };
  return defineModel<Contents>({
    name,
    summary,
    init: () => [],
    operations: { [put.name]: putRule, [take.name]: takeRule },
    foresee: (required, optional) => takenInOrder([...required, ...optional], role, firstGoesFirst),
    monitors: [monitor(role)],
  });
}

/** When something is taken, at the earliest and at the latest. */
interface Taken {
  from: number;
  to: number;
}

/**
 * Who took what is known, so nothing may stand in the way of what surely was taken before it. Values that were put or taken
 * twice tell nothing.
 */
function takenInOrder(
  operations: readonly Operation[],
  role: RoleOf,
  firstGoesFirst: boolean,
): (contents: Contents) => boolean {
  const taken = new ValueMap<Taken>();
  const puts = new ValueMap<true>();
  // The first that may have taken anything.
  let anyFrom = Infinity;
  for (const operation of operations) {
    const what = role(operation);
    if (what === undefined) anyFrom = Math.min(anyFrom, operation.call);
    else if (what !== 'found-nothing' && 'took' in what) {
      const twice = taken.get(what.took) !== undefined;
      taken.set(what.took, twice ? NO_TIME : { from: operation.call, to: operation.return });
    }
  }
  for (const operation of operations) {
    const what = role(operation);
    if (what === undefined || what === 'found-nothing' || !('put' in what)) continue;
    if (puts.get(what.put) === true) taken.set(what.put, NO_TIME);
    puts.set(what.put, true);
  }
  return (contents) => {
    let earliest = Infinity;
    for (let i = 0; i < contents.length; i++) {
      const { from, to } = taken.get(contents[firstGoesFirst ? contents.length - 1 - i : i]) ?? {
        from: anyFrom,
        to: Infinity,
      };
      if (earliest < from) return false;
      earliest = Math.min(earliest, to);
    }
    return true;
  };
}

const NO_TIME: Taken = { from: -1, to: Infinity };

const QUEUE_NAMES = {
  put: { name: 'enqueue', also: ['enq', 'offer'] },
  take: { name: 'dequeue', also: ['deq', 'poll'] },
} as const;

/** First in, first out. */
export const queue = container({
  name: 'queue',
  summary: 'first in, first out: enqueue, and dequeue that gives null when there is nothing',
  ...QUEUE_NAMES,
  insert: (contents, value) => [...contents, value],
  next: () => 0,
  firstGoesFirst: true,
  monitor: queueMonitor,
});

/** Last in, first out. */
export const stack = container({
  name: 'stack',
  summary: 'last in, first out: push, and pop that gives null when there is nothing',
  put: { name: 'push', also: [] },
  take: { name: 'pop', also: [] },
  insert: (contents, value) => [...contents, value],
  next: (contents) => contents.length - 1,
  firstGoesFirst: false,
  monitor: stackMonitor,
});

/** The least goes first: numbers by size, everything else by its text, equal ones in any order. */
export const priorityQueue = container({
  name: 'priority-queue',
  summary: 'the least first: insert, and extract-min that gives null when there is nothing',
  put: { name: 'insert', also: ['enqueue', 'enq', 'offer', 'add'] },
  take: { name: 'extract-min', also: ['delete-min', 'dequeue', 'deq', 'poll'] },
  insert: (contents, value) => {
    const at = contents.findIndex((other) => isLess(value, other));
    return at === -1 ? [...contents, value] : [...contents.slice(0, at), value, ...contents.slice(at)];
  },
  next: () => 0,
  firstGoesFirst: true,
  monitor: (role) => priorityQueueMonitor(role, isLess),
});

function isLess(a: Value, b: Value): boolean {
  const numbers = (typeof a === 'number' || typeof a === 'bigint') && (typeof b === 'number' || typeof b === 'bigint');
  return numbers ? a < b : compareText(canonical(a), canonical(b)) < 0;
}

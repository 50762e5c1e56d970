import { isDraft, isModified, original } from 'immer';
import type { DeepReadonly } from './protocol.js';

/** Are states drafts, in the step that is under way? Where they are not, nobody need ask whether a part is one. */
let drafting = false;

/** For who runs steps: handlers see drafts from now on, or do no more. */
export function setDrafting(on: boolean): void {
  drafting = on;
}

/**
 * A part of a node's state, to look at and not to change. Where states are drafts (the recorded speed; durable states with a
 * disk), each object that is read through one costs a draft of its own, and an element of a list a copy of the list. This
 * looks past a draft in which nothing has changed in this step.
 *
 * What it returns shows the state of now: ask again after a change.
 *
 * @example
 * const { log } = readOnly(node.durable);
 * const last = log[log.length - 1]; // no copy of the log, however long it is
 */
export function readOnly<T>(part: T): DeepReadonly<T> {
  const looked = drafting && isDraft(part) && !isModified(part) ? original(part as object) : part;
  return looked as DeepReadonly<T>;
}

/**
 * An element of a list, to look at and not to change: undefined where the list does not reach. As `readOnly(list)[index]`, but
 * cheap also where the list has changed in this step, when a draft of it would make one of each element that is read.
 */
export function readItem<T>(
  list: readonly T[] | DeepReadonly<readonly T[]>,
  index: number,
): DeepReadonly<T> | undefined {
  return (drafting ? readOnly(held(list, index)) : list[index]) as DeepReadonly<T> | undefined;
}

/** As `readItem`, for what a record has under a key. */
export function readEntry<T>(
  record: Readonly<Record<string, T>> | DeepReadonly<Record<string, T>>,
  key: string,
): DeepReadonly<T> | undefined {
  return (drafting ? readOnly(held(record, key)) : record[key]) as DeepReadonly<T> | undefined;
}

function held(whole: object, key: PropertyKey): unknown {
  const looked = readOnly(whole) as Record<PropertyKey, unknown>;
  // To whoever asks for the descriptor of a field, a draft gives what it holds, and drafts nothing.
  return isDraft(looked) ? Object.getOwnPropertyDescriptor(looked, key)?.value : looked[key];
}

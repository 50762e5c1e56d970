import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { appendMonitor, type AppendRole } from '../monitors/append-list.js';
import { canonical, showValue } from '../values.js';
import { defineModel, type AnyModel, type Model, type OperationRule } from './model.js';
import { casRule, readNames, readRule, writeRule } from './register.js';

/** Adds to the end of a text or of a list; what is absent is the empty text, or the empty list for other values. */
function appended(state: Value, value: Value): Value | undefined {
  if (state === null) return typeof value === 'string' ? value : [value];
  if (Array.isArray(state)) return [...(state as readonly Value[]), value];
  return typeof state === 'string' && typeof value === 'string' ? state + value : undefined;
}

const appendRule: OperationRule<Value> = {
  step(state, operation) {
    const next = appended(state, operation.input);
    return next === undefined ? [] : [next];
  },
  describe: (operation: Operation) =>
    `append${operation.key === undefined ? '' : ` ${showValue(operation.key)}`} ${showValue(operation.input)}`,
};

/** Where there are only appends and reads, what the longest read saw begins with every earlier state, and so on later. */
function alongLongestRead(
  required: readonly Operation[],
  optional: readonly Operation[],
): ((state: Value) => boolean) | undefined {
  let longest: string | readonly Value[] = '';
  for (const operation of [...required, ...optional]) {
    const { output, outcome } = operation;
    if (operation.f === 'append') continue;
    if (!readNames.has(operation.f)) return undefined;
    if (outcome !== 'ok' || !(typeof output === 'string' || isList(output))) continue;
    if (output.length > longest.length) longest = output;
  }
  const items = isList(longest) ? longest.map(canonical) : [];
  return (state) => {
    if (typeof state === 'string' && typeof longest === 'string') {
      return state.length <= longest.length ? longest.startsWith(state) : state.startsWith(longest);
    }
    if (!isList(state) || !isList(longest)) return true;
    return state.slice(0, items.length).every((item, i) => canonical(item) === items[i]);
  };
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** What the monitor of appends wants to know; undefined where there is anything else than appends and reads. */
function appendRole(model: AnyModel, operation: Operation): AppendRole | undefined {
  if (operation.f === 'append') return { append: operation.input };
  if (!readNames.has(operation.f)) return undefined;
  const seen = model.rule(operation.f)?.reads?.(operation);
  if (seen === null) return { read: [] };
  const isFull = (typeof seen === 'string' || isList(seen)) && seen.length > 0;
  return isFull ? { read: seen } : undefined;
}

function keyValue(modelName: string, summary: string, absent: Value): Model<Value> {
  return defineModel<Value>({
    name: modelName,
    summary,
    init: () => null,
    operations: { read: readRule(absent), write: writeRule, cas: casRule, append: appendRule },
    foresee: alongLongestRead,
    monitors: [appendMonitor((model, operation) => appendRole(model, operation), true)],
  });
}

/** A key-value store whose reads of an absent key return null. Each key is an object of its own. */
export const kv = keyValue(
  'kv',
  'a key-value store with read, write, cas and append; an absent key reads as null',
  null,
);

/** The same where an absent key reads as the empty text (so that writing `''` and never writing look alike). */
export const kvText = keyValue('kv-text', 'kv whose absent keys read as the empty text, as in Porcupine logs', '');

import type { Value } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import { sameValue, showValue } from '../values.js';
import { defineModel, type OperationRule } from './model.js';

/** `x`, or nothing where the history has one object only: `read x`, `read`. */
function name(operation: Operation): string {
  return operation.key === undefined ? '' : ` ${showValue(operation.key)}`;
}

/** What a read may be called. */
const READ_SYNONYMS: readonly string[] = ['get', 'r'];
export const readNames: ReadonlySet<string> = new Set(['read', ...READ_SYNONYMS]);

/** Reading gives the state. `absent` is what a read of nothing returns. */
export function readRule(absent: Value): OperationRule<Value> {
  const seen = (operation: Operation): Value | undefined =>
    operation.output !== undefined && sameValue(operation.output, absent) ? null : operation.output;
  return {
    also: READ_SYNONYMS,
    pure: true,
    step: (state, operation) => (operation.output === undefined || sameValue(seen(operation), state) ? [state] : []),
    reads: seen,
    describe: (operation) =>
      `read${name(operation)}${operation.output === undefined ? '' : ` → ${showValue(operation.output)}`}`,
  };
}

export const writeRule: OperationRule<Value> = {
  also: ['put', 'set', 'w'],
  step: (_state, operation) => [operation.input],
  writes: (operation) => operation.input,
  describe: (operation) => `write${name(operation)}=${showValue(operation.input)}`,
};

// What clients of key-value stores report when the value was another one; `cas` may also answer `false`.
const REFUSALS = /^\[?:?(mismatch|precondition-failed)\b/;

/** Did the compare-and-set surely meet another value? A failure for another reason tells nothing. */
function refused(operation: Operation): boolean {
  if (operation.outcome === 'ok') return operation.output === false;
  return operation.outcome === 'failed' && operation.error !== undefined && REFUSALS.test(operation.error);
}

function pair(operation: Operation): readonly [Value, Value] {
  return operation.input as unknown as readonly [Value, Value];
}

export const casRule: OperationRule<Value> = {
  also: ['compare-and-set', 'compare-and-swap'],
  step(state, operation) {
    const [from, to] = pair(operation);
    if (refused(operation)) return sameValue(state, from) ? [] : [state];
    return sameValue(state, from) ? [to] : [];
  },
  pure: refused,
  observed: refused,
  reads: (operation) => (refused(operation) ? undefined : pair(operation)[0]),
  writes: (operation) => (refused(operation) ? undefined : pair(operation)[1]),
  badInput: (input) => (Array.isArray(input) && input.length === 2 ? undefined : 'a pair [from, to]'),
  describe: (operation) =>
    `cas${name(operation)} ${pair(operation).map(showValue).join('→')}${refused(operation) ? ' refused' : ''}`,
};

/** One value, read and written. */
export const register = defineModel<Value>({
  name: 'register',
  summary: 'read and write of one value, null before the first write',
  init: () => null,
  operations: { read: readRule(null), write: writeRule },
});

/**
 * A register with compare-and-set: input `[from, to]`. Refused means `ok` with `false`, or `fail` with the error
 * `mismatch` or `precondition-failed`; any other `fail` says only that nothing happened.
 */
export const casRegister = defineModel<Value>({
  name: 'cas-register',
  summary: 'a register with compare-and-set [from, to]',
  init: () => null,
  operations: { read: readRule(null), write: writeRule, cas: casRule },
});

import type { History, HistoryEvent, ProcessId, Value } from '../../engine/history.js';
import type { Micros } from '../../engine/time.js';
import { paired, UNENDED, type EndVisitor, type Pairing } from './pairing.js';
import { assertWellFormed } from './well-formed.js';

/** One operation of one client: its invocation and, where there was one, its completion. */
export interface Operation {
  /** The `index` of its invocation: names it in verdicts and evidence. */
  readonly id: number;
  readonly process: ProcessId;
  readonly f: string;
  readonly key: Value | undefined;
  /** What was asked. */
  readonly input: Value;
  /** What came back; undefined unless `outcome` is `ok`. */
  readonly output: Value | undefined;
  /** `failed`: it surely had no effect. `unknown`: it was never answered, or with `info`: it may take effect at any later time. */
  readonly outcome: 'ok' | 'failed' | 'unknown';
  readonly error: string | undefined;
  /** The node that answered, else the one that was asked. */
  readonly node: string | undefined;
  /** Where in the history (0 is the first event) it was invoked, and where it returned: Infinity when it never surely did. */
  readonly call: number;
  readonly return: number;
  readonly invokedAt: Micros;
  readonly returnedAt: Micros | undefined;
}

/**
 * Pairs invocations with completions, in the order of the invocations. The nemesis is left out.
 *
 * @throws HistoryError when the history is not well-formed.
 */
export function operationsOf(history: History): Operation[] {
  const operations = new Array<Operation>(history.length);
  const { size, calls, ends } = pairingOf(history, {
    ended: (i, call, invocation, at, end) => (operations[i] = operationAt(invocation, call, end, at)),
  });
  for (let i = 0; i < size; i++) {
    const call = calls[i] as number;
    if (ends[i] === UNENDED) operations[i] = invoked(history[call] as HistoryEvent, call);
  }
  operations.length = size;
  return operations;
}

/** @throws HistoryError when the history is not well-formed. */
export function pairingOf(history: History, visitor?: EndVisitor): Pairing {
  const pairing = paired(history, visitor);
  if (pairing !== undefined) return pairing;
  assertWellFormed(history);
  throw new Error('a history that is well-formed could not be paired');
}

export function operationsFrom(history: History, { size, calls, ends }: Pairing): Operation[] {
  const operations: Operation[] = [];
  for (let i = 0; i < size; i++) {
    const call = calls[i] as number;
    const at = ends[i] as number;
    operations.push(operationAt(history[call] as HistoryEvent, call, at === UNENDED ? undefined : history[at], at));
  }
  return operations;
}

/** What is known of an operation when it is invoked at this place of a history. */
export function invoked(event: HistoryEvent, call: number): Operation {
  return operationAt(event, call, undefined, UNENDED);
}

/** The same operation once it has ended, at this place. */
export function completed(operation: Operation, end: HistoryEvent, at: number): Operation {
  return {
    ...operation,
    output: end.type === 'ok' ? end.value : undefined,
    outcome: outcomeOf(end),
    error: end.error,
    node: end.node ?? operation.node,
    return: end.type === 'info' ? Infinity : at,
    returnedAt: end.type === 'info' ? undefined : end.time,
  };
}

// All at once: an object that changes after it was made costs more than it saves.
function operationAt(event: HistoryEvent, call: number, end: HistoryEvent | undefined, at: number): Operation {
  const returned = end !== undefined && end.type !== 'info';
  return {
    id: event.index,
    process: event.process,
    f: event.f,
    key: event.key,
    input: event.value,
    output: end?.type === 'ok' ? end.value : undefined,
    outcome: outcomeOf(end),
    error: end?.error,
    node: end?.node ?? event.node,
    call,
    return: returned ? at : Infinity,
    invokedAt: event.time,
    returnedAt: returned ? end.time : undefined,
  };
}

function outcomeOf(end: HistoryEvent | undefined): Operation['outcome'] {
  return end?.type === 'ok' ? 'ok' : end?.type === 'fail' ? 'failed' : 'unknown';
}

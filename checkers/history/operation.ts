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

type Opened = { -readonly [Field in keyof Operation]: Operation[Field] };

/**
 * Pairs invocations with completions, in the order of the invocations. The nemesis is left out.
 *
 * @throws HistoryError when the history is not well-formed.
 */
export function operationsOf(history: History): Operation[] {
  return operationsFrom(history, pairingOf(history));
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
    const operation = invoked(history[call] as HistoryEvent, call);
    if (at !== UNENDED) complete(operation, history[at] as HistoryEvent, at);
    operations.push(operation);
  }
  return operations;
}

/** What is known of an operation when it is invoked at this place of a history. */
export function invoked(event: HistoryEvent, call: number): Opened {
  return {
    id: event.index,
    process: event.process,
    f: event.f,
    key: event.key,
    input: event.value,
    output: undefined,
    outcome: 'unknown',
    error: undefined,
    node: event.node,
    call,
    return: Infinity,
    invokedAt: event.time,
    returnedAt: undefined,
  };
}

/** The same operation once it has ended, at this place. */
export function completed(operation: Operation, end: HistoryEvent, at: number): Operation {
  const ended = { ...operation };
  complete(ended, end, at);
  return ended;
}

function complete(operation: Opened, end: HistoryEvent, at: number): void {
  operation.error = end.error;
  if (end.node !== undefined) operation.node = end.node;
  if (end.type === 'info') return;
  operation.outcome = end.type === 'ok' ? 'ok' : 'failed';
  if (end.type === 'ok') operation.output = end.value;
  operation.return = at;
  operation.returnedAt = end.time;
}

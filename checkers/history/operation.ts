import type { History, HistoryEvent, ProcessId, Value } from '../../engine/history.js';
import type { Micros } from '../../engine/time.js';
import { sameValue } from '../values.js';
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
  const operations = paired(history);
  if (operations !== undefined) return operations;
  assertWellFormed(history);
  throw new Error('a history that is well-formed could not be paired');
}

/** In one walk over the events; undefined as soon as anything is wrong, which `problemsOf` then puts into words. */
function paired(history: History): Operation[] | undefined {
  const operations: Opened[] = [];
  // A process's operation that is open; GONE after `info`.
  const open = new Map<ProcessId, Opened | typeof GONE | undefined>();
  let last = -1;
  for (let at = 0; at < history.length; at++) {
    const event = history[at] as HistoryEvent;
    if (!Number.isSafeInteger(event.index) || event.index <= last) return undefined;
    last = event.index;
    if (event.process === 'nemesis') continue;
    const opened = open.get(event.process);
    if (opened === GONE || (event.type === 'invoke') !== (opened === undefined)) return undefined;
    if (opened === undefined) {
      const operation = invoked(event, at);
      operations.push(operation);
      open.set(event.process, operation);
      continue;
    }
    if (opened.f !== event.f || !sameKey(opened.key, event.key)) return undefined;
    complete(opened, event, at);
    open.set(event.process, event.type === 'info' ? GONE : undefined);
  }
  return operations;
}

const GONE = Symbol('gone');

// A completion may leave the key out, as the invocation has it.
function sameKey(key: Value | undefined, end: Value | undefined): boolean {
  return end === undefined || sameValue(key, end);
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

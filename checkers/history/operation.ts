import type { History, HistoryEvent, ProcessId, Value } from '../../engine/history.js';
import type { Micros } from '../../engine/time.js';
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
  assertWellFormed(history);
  const operations: Operation[] = [];
  const open = new Map<ProcessId, { at: number; slot: number }>();
  for (const [at, event] of history.entries()) {
    if (event.process === 'nemesis') continue;
    if (event.type === 'invoke') {
      open.set(event.process, { at, slot: operations.length });
      operations.push(operation(event, at, undefined, at));
      continue;
    }
    const invocation = open.get(event.process);
    if (invocation === undefined) continue;
    open.delete(event.process);
    operations[invocation.slot] = operation(history[invocation.at] as HistoryEvent, invocation.at, event, at);
  }
  return operations;
}

function operation(invoke: HistoryEvent, call: number, end: HistoryEvent | undefined, at: number): Operation {
  const outcome = end?.type === 'ok' ? 'ok' : end?.type === 'fail' ? 'failed' : 'unknown';
  return {
    id: invoke.index,
    process: invoke.process,
    f: invoke.f,
    key: invoke.key,
    input: invoke.value,
    output: outcome === 'ok' ? end?.value : undefined,
    outcome,
    error: end?.error,
    node: end?.node ?? invoke.node,
    call,
    return: outcome === 'unknown' ? Infinity : at,
    invokedAt: invoke.time,
    returnedAt: outcome === 'unknown' ? undefined : end?.time,
  };
}

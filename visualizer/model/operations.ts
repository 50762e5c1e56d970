import type { HistoryEvent, ProcessId, TraceEvent } from '../../engine/index.js';
import { isObject } from '../source/json-object.js';
import { firstAbove } from './interval-index.js';
import { formatPlain } from './format-plain.js';

export type Outcome = 'ok' | 'fail' | 'unknown';

/** One operation of a client, from its call to its answer. */
export interface Operation {
  /** Index of its `invoke` in the history. */
  readonly invoke: number;
  readonly process: ProcessId;
  readonly client: string | null;
  readonly f: string;
  readonly key: unknown;
  readonly asked: unknown;
  readonly answered: unknown;
  readonly outcome: Outcome;
  readonly error: string | null;
  readonly node: string | null;
  readonly beginsAt: number;
  /** Position of its answer's event; the number of events where none ever came or nobody knows. */
  readonly endsAt: number;
}

/** Pairs calls with answers. An operation that nobody answered is unknown, as is one that ended in `info`. */
export function findOperations(history: readonly HistoryEvent[], events: readonly TraceEvent[]): readonly Operation[] {
  const places = placesOf(history, events);
  const operations: { -readonly [K in keyof Operation]: Operation[K] }[] = [];
  const open = new Map<ProcessId, (typeof operations)[number]>();
  for (const entry of history) {
    if (entry.process === 'nemesis') continue;
    const place = places(entry);
    if (entry.type === 'invoke') {
      const operation = {
        invoke: entry.index,
        process: entry.process,
        client: place.client,
        f: entry.f,
        key: entry.key,
        asked: entry.value,
        answered: undefined,
        outcome: 'unknown' as Outcome,
        error: null,
        node: entry.node ?? null,
        beginsAt: place.at,
        endsAt: events.length,
      };
      operations.push(operation);
      open.set(entry.process, operation);
      continue;
    }
    const operation = open.get(entry.process);
    if (operation === undefined) continue;
    open.delete(entry.process);
    operation.error = entry.error ?? null;
    operation.node = entry.node ?? operation.node;
    if (entry.type === 'info') continue;
    operation.outcome = entry.type;
    operation.answered = entry.value;
    operation.endsAt = place.at;
  }
  return operations;
}

/** Where an entry of the history stands among the events: by the event that carries it, else by its time. */
function placesOf(
  history: readonly HistoryEvent[],
  events: readonly TraceEvent[],
): (entry: HistoryEvent) => { readonly at: number; readonly client: string | null } {
  const carried = new Map<number, number>();
  for (const [at, event] of events.entries()) {
    if (event.kind !== 'invoke' && event.kind !== 'ok' && event.kind !== 'fail' && event.kind !== 'info') continue;
    const index = isObject(event.body) ? event.body['index'] : undefined;
    if (typeof index === 'number') carried.set(index, at);
  }
  const times = history.length > carried.size ? Float64Array.from(events, (event) => event.time) : new Float64Array();
  return (entry) => {
    const at = carried.get(entry.index);
    if (at !== undefined) return { at, client: events[at]?.node ?? null };
    return { at: Math.max(0, firstAbove(times, entry.time) - 1), client: null };
  };
}

/** The same where there is little room: `x=2`, `x → 1`. */
export function abbreviateOperation(operation: Operation): string {
  return describeOperation(operation).slice(operation.f.length).trim();
}

/** `write x=2`, `read x → 1`, `cas x [1, 2]` */
export function describeOperation(operation: Operation): string {
  const { f, key, asked, answered, outcome } = operation;
  const about = key === undefined ? '' : ` ${formatPlain(key, 20)}`;
  const given =
    asked === null || asked === undefined
      ? ''
      : `${about === '' ? ' ' : f === 'write' ? '=' : ' '}${formatPlain(asked, 24)}`;
  // A write is answered with what was written: no news. A read that finds nothing is.
  const same = given !== '' && formatPlain(asked, 200) === formatPlain(answered, 200);
  const got = outcome === 'ok' && !same && answered !== undefined ? ` → ${formatPlain(answered, 24)}` : '';
  return `${f}${about}${given}${got}`;
}

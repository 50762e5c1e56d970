import type { History, HistoryEvent, ProcessId, Value } from '../../engine/history.js';
import { sameValue } from '../values.js';

/**
 * Which completion belongs to which invocation, as places in the history and in the order of the invocations: all that there
 * is to know of an operation, at 8 bytes each. Who needs no object for each operation reads the events through this.
 */
export interface Pairing {
  readonly size: number;
  /** Where each was invoked. */
  readonly calls: Int32Array;
  /** Where each ended, by `info` too; UNENDED when it never did. */
  readonly ends: Int32Array;
}

export const UNENDED = -1;

// Processes are mostly counted from 0: those below need no look-up.
const NUMBERED_MAX = 1_024;

// What a process has open: the number of an operation, or one of these.
const NOTHING = -1;
const GONE = -2;

/** Told of each operation as it ends, while its events are at hand: to come back to them later costs more than the walk. */
export interface EndVisitor {
  ended(operation: number, call: number, invocation: HistoryEvent, at: number, end: HistoryEvent): void;
}

/** In one walk over the events, the nemesis left out; undefined as soon as anything is wrong, which `problemsOf` puts into words. */
export function paired(history: History, visitor?: EndVisitor): Pairing | undefined {
  const calls = new Int32Array(history.length);
  const ends = new Int32Array(history.length).fill(UNENDED);
  const open = new Array<number>(NUMBERED_MAX).fill(NOTHING);
  const slots = new Map<ProcessId, number>();
  let size = 0;
  let last = -1;
  for (let at = 0; at < history.length; at++) {
    const event = history[at] as HistoryEvent;
    if (!Number.isSafeInteger(event.index) || event.index <= last) return undefined;
    last = event.index;
    if (event.process === 'nemesis') continue;
    const numbered = event.process >>> 0 === event.process && event.process < NUMBERED_MAX;
    let slot = numbered ? event.process : slots.get(event.process);
    if (slot === undefined) slots.set(event.process, (slot = open.push(NOTHING) - 1));
    const opened = open[slot] as number;
    if (opened === GONE || (event.type === 'invoke') !== (opened === NOTHING)) return undefined;
    if (opened === NOTHING) {
      calls[size] = at;
      open[slot] = size++;
      continue;
    }
    const call = calls[opened] as number;
    const invocation = history[call] as HistoryEvent;
    if (invocation.f !== event.f || !sameKey(invocation.key, event.key)) return undefined;
    ends[opened] = at;
    open[slot] = event.type === 'info' ? GONE : NOTHING;
    visitor?.ended(opened, call, invocation, at, event);
  }
  return { size, calls: calls.subarray(0, size), ends: ends.subarray(0, size) };
}

// A completion may leave the key out, as the invocation has it.
function sameKey(key: Value | undefined, end: Value | undefined): boolean {
  return end === undefined || sameValue(key, end);
}

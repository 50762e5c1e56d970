import type { TraceEvent } from './record.js';

/** How many events of each endpoint happened before an event, itself included. Endpoints with none are left out. */
export type VectorClock = Readonly<Record<string, number>>;

/**
 * Vector clocks of a trace (Mattern 1989; Fidge 1988), computed when somebody asks: an event's own endpoint counts up by one,
 * and the arrival of a message takes over what its sender knew when it sent.
 *
 * @param events in the order of the trace. Events of no endpoint (faults) have no clock and are passed over.
 * @example
 * for (const [event, clock] of vectorClocks(trace.events())) console.log(event.node, clock);
 */
export function* vectorClocks(events: Iterable<TraceEvent>): Generator<readonly [TraceEvent, VectorClock]> {
  const clocks = new Map<string, VectorClock>();
  const sent = new Map<number, VectorClock>();
  for (const event of events) {
    const { node, kind, msg } = event;
    if (node === null) continue;
    const known = clocks.get(node) ?? {};
    const heard = kind === 'deliver' && msg !== undefined ? sent.get(msg) : undefined;
    const clock = { ...(heard === undefined ? known : merged(known, heard)), [node]: (known[node] ?? 0) + 1 };
    clocks.set(node, clock);
    // A copy that the network makes carries what the original carried.
    if (kind === 'send' && msg !== undefined) sent.set(msg, clock);
    yield [event, clock];
  }
}

function merged(a: VectorClock, b: VectorClock): VectorClock {
  const clock: Record<string, number> = { ...a };
  for (const [node, count] of Object.entries(b)) clock[node] = Math.max(clock[node] ?? 0, count);
  return clock;
}

/** Did the event with the first clock happen before the one with the second? */
export function happenedBefore(a: VectorClock, b: VectorClock): boolean {
  const nodes = new Set([...Object.keys(a), ...Object.keys(b)]);
  let less = false;
  for (const node of nodes) {
    const left = a[node] ?? 0;
    const right = b[node] ?? 0;
    if (left > right) return false;
    if (left < right) less = true;
  }
  return less;
}

import type { TraceEvent } from '../../engine/index.js';
import { IntervalIndex } from './interval-index.js';

/** One copy of a message on its way. Positions are indices into the run's events. */
export interface MessageLeg {
  readonly msg: number;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly sentAt: number;
  /** Where it arrived or was lost; the number of events while it is still on its way at the end. */
  readonly endedAt: number;
  readonly outcome: 'delivered' | 'lost' | 'open';
  readonly lostAt: 'sending' | 'delivery' | null;
  readonly why: string | null;
  readonly duplicate: boolean;
}

export interface Messages {
  /** Ascending by `sentAt`. */
  readonly legs: readonly MessageLeg[];
  /** The send event of each message. */
  readonly sends: ReadonlyMap<number, number>;
  /** The leg that an event ended, and the one that it began. */
  readonly endedBy: ReadonlyMap<number, MessageLeg>;
  readonly begunBy: ReadonlyMap<number, MessageLeg>;
  /** Message types, the most frequent first. */
  readonly types: readonly string[];
  /** The legs on their way somewhere in a window of event positions. */
  overlapping(from: number, to: number, visit: (leg: MessageLeg, position: number) => void): void;
}

type OpenLeg = { -readonly [K in keyof MessageLeg]: MessageLeg[K] };

/** Pairs sends (and second copies that the network made) with what became of them. */
export function pairMessages(events: readonly TraceEvent[]): Messages {
  const legs: OpenLeg[] = [];
  const open = new Map<number, OpenLeg[]>();
  const sends = new Map<number, number>();
  const endedBy = new Map<number, MessageLeg>();
  const begunBy = new Map<number, MessageLeg>();
  const counts = new Map<string, number>();

  const begin = (msg: number, from: string, to: string, type: string, at: number, duplicate: boolean): OpenLeg => {
    const leg: OpenLeg = {
      msg,
      type,
      from,
      to,
      sentAt: at,
      endedAt: events.length,
      outcome: 'open',
      lostAt: null,
      why: null,
      duplicate,
    };
    legs.push(leg);
    const waiting = open.get(msg);
    if (waiting === undefined) open.set(msg, [leg]);
    else waiting.push(leg);
    return leg;
  };

  for (const [at, event] of events.entries()) {
    if (event.msg === undefined || event.node === null) continue;
    const { msg, node } = event;
    const peer = event.peer ?? node;
    if (event.kind === 'send') {
      const type = event.name ?? 'message';
      counts.set(type, (counts.get(type) ?? 0) + 1);
      sends.set(msg, at);
      begunBy.set(at, begin(msg, node, peer, type, at, false));
    } else if (event.kind === 'duplicate') {
      const original = legs[legIndexOf(legs, sends.get(msg))];
      if (original !== undefined) begunBy.set(at, begin(msg, original.from, original.to, original.type, at, true));
    } else if (event.kind === 'deliver' || event.kind === 'drop') {
      // What is lost at sending stands at the sender, everything else at the receiver.
      const [from, to] = event.kind === 'drop' && event.place === 'sending' ? [node, peer] : [peer, node];
      const waiting = open.get(msg)?.shift();
      const leg = waiting ?? begin(msg, from, to, event.name ?? 'message', at, false);
      if (waiting === undefined) open.get(msg)?.pop();
      leg.endedAt = at;
      leg.outcome = event.kind === 'deliver' ? 'delivered' : 'lost';
      if (event.kind === 'drop') {
        leg.lostAt = event.place ?? 'delivery';
        leg.why = event.why ?? null;
      }
      endedBy.set(at, leg);
    }
  }

  const index = new IntervalIndex(
    Float64Array.from(legs, (leg) => leg.sentAt),
    Float64Array.from(legs, (leg) => leg.endedAt),
  );
  return {
    legs,
    sends,
    endedBy,
    begunBy,
    types: [...counts].sort((a, b) => b[1] - a[1]).map(([type]) => type),
    overlapping(from, to, visit) {
      index.overlapping(from, to, (position) => {
        const leg = legs[position];
        if (leg !== undefined) visit(leg, position);
      });
    },
  };
}

/** `legs` ascend by `sentAt`, so a leg is found by the event that sent it. */
function legIndexOf(legs: readonly MessageLeg[], sentAt: number | undefined): number {
  if (sentAt === undefined) return -1;
  let low = 0;
  let high = legs.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const here = legs[middle]?.sentAt ?? 0;
    if (here === sentAt) return middle;
    if (here < sentAt) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

import {
  always,
  broadcastProperties,
  conservation,
  deliveryCounts,
  eventually,
  eventuallyAlways,
  leaderUniqueness,
  leadsTo,
  mutualExclusion,
  type BroadcastEvent,
  type DeliveryEvent,
  type LeadershipEvent,
  type LockEvent,
  type ObservedTrace,
  type PropertyVerdict,
} from '../checkers/index.js';
import { plainEquals, type HistoryEvent, type Micros, type ObservedEvent, type Plain } from '../engine/index.js';
import type { Condition, EventPattern, Property } from './property-schema.js';

/** What a run showed of itself. */
export interface Observation {
  readonly events: readonly ObservedEvent[];
  readonly nodes: readonly string[];
  /** When the last fault was over, and until when the run was observed. */
  readonly quietSince: Micros;
  readonly end: Micros;
}

/** What a run says about a property of its scenario. */
export interface JudgedProperty {
  readonly property: string;
  readonly verdict: PropertyVerdict['verdict'];
  /** Why it is broken, or why nobody can tell. */
  readonly says?: string;
  /** When the last of the events happened that show it. */
  readonly time?: Micros;
}

/** Judges what a scenario asks for beside invariants and the history. */
export function judgeProperties(properties: readonly Property[], observation: Observation): JudgedProperty[] {
  return properties.map((property) => {
    const { found, at } = judgeOne(property, observation);
    const shown = found.events.map(at).reduce<Micros | undefined>((last, time) => Math.max(last ?? 0, time), undefined);
    return {
      property: property.name ?? property.property,
      verdict: found.verdict,
      ...(found.says === undefined ? {} : { says: found.says }),
      ...(shown === undefined ? {} : { time: shown }),
    };
  });
}

interface Found {
  readonly found: PropertyVerdict;
  /** The time of a position that the verdict names. */
  readonly at: (position: number) => Micros;
}

function judgeOne(property: Property, observation: Observation): Found {
  switch (property.property) {
    case 'always':
    case 'eventually':
    case 'eventuallyAlways':
    case 'leadsTo':
      return temporal(property, observation);
    case 'one leader a term': {
      const { term, leads } = property;
      return traced(observation, ({ node, event }): LeadershipEvent | undefined =>
        matches(leads, event) ? { node, term: Number(text(event, term)) } : undefined,
      )(leaderUniqueness);
    }
    case 'mutual exclusion':
      return exclusion(property, observation);
    case 'at most once':
    case 'at least once':
    case 'exactly once': {
      const { sent, delivered, message, complete } = property;
      return traced(observation, ({ event }): DeliveryEvent | undefined => {
        if (matches(sent, event)) return { type: 'sent', message: text(event, message) };
        return matches(delivered, event) ? { type: 'delivered', message: text(event, message) } : undefined;
      })((trace) => named(deliveryCounts(trace, { complete: complete === true }), property.property));
    }
    case 'conservation': {
      const { request, total, mayOverdraw } = property;
      return traced(observation, ({ event }) =>
        matches({ event: 'ok', name: request }, event)
          ? { balances: (event.body as unknown as HistoryEvent).value as Readonly<Record<string, number>> }
          : undefined,
      )((reads) => conservation(reads, total, { mayOverdraw: mayOverdraw === true }));
    }
    default:
      return broadcast(property, observation);
  }
}

type Broadcast = Extract<Property, { readonly deliver: unknown }>;

function broadcast(property: Broadcast, observation: Observation): Found {
  const { deliver, message, complete } = property;
  return traced(observation, ({ node, event }): BroadcastEvent | undefined => {
    if (isDown(event)) return { type: 'crash', node };
    if ('broadcast' in property && matches(property.broadcast, event))
      return { type: 'broadcast', node, message: text(event, message) };
    return matches(deliver, event) ? { type: 'deliver', node, message: text(event, message) } : undefined;
  })((trace) =>
    named(broadcastProperties(trace, observation.nodes, { complete: complete === true }), property.property),
  );
}

/** Who crashes is inside no more. */
function exclusion(
  { enter, leave, lock }: Extract<Property, { readonly property: 'mutual exclusion' }>,
  observation: Observation,
): Found {
  const inside = new Map<string, Set<string>>();
  const trace: LockEvent[] = [];
  const times: Micros[] = [];
  const note = (event: ObservedEvent, entry: LockEvent): void => {
    trace.push(entry);
    times.push(event.time);
  };
  for (const event of observation.events) {
    const who = event.node ?? '';
    const held = inside.get(who) ?? new Set<string>();
    inside.set(who, held);
    if (isDown(event)) {
      for (const name of held) note(event, { type: 'leave', who, lock: name });
      held.clear();
      continue;
    }
    const name = lock === undefined ? 'the lock' : text(event, lock);
    if (matches(enter, event)) {
      held.add(name);
      note(event, { type: 'enter', who, lock: name });
    } else if (matches(leave, event)) {
      held.delete(name);
      note(event, { type: 'leave', who, lock: name });
    }
  }
  return { found: mutualExclusion(trace), at: (position) => times[position]! };
}

type Temporal = Extract<Property, { readonly property: 'always' | 'eventually' | 'eventuallyAlways' | 'leadsTo' }>;

/** States are moments: before anything, at each event, and after it. */
function temporal(property: Temporal, { events, quietSince: from, end }: Observation): Found {
  const states = [{ time: 0, state: 0 }];
  for (const { time } of events) {
    states.push({ time, state: states.length });
    states.push({ time, state: states.length });
  }
  const trace: ObservedTrace<number> = { states, end };
  const holds = (condition: Condition): ((state: number) => boolean) => {
    const at = truthOf(condition, events);
    return (state) => at[state]!;
  };
  const judged = (): PropertyVerdict => {
    if (property.property === 'always') return always(trace, holds(property.holds));
    const window = { from, within: property.within };
    if (property.property === 'leadsTo') return leadsTo(trace, holds(property.when), holds(property.then), window);
    const eventual = property.property === 'eventually' ? eventually : eventuallyAlways;
    return eventual(trace, holds(property.holds), window);
  };
  return { found: judged(), at: (position) => states[position]!.time };
}

/** In which moments it holds: an event at its own moment only, how many are inside from then on. */
function truthOf(condition: Condition, events: readonly ObservedEvent[]): boolean[] {
  if ('not' in condition) return truthOf(condition.not, events).map((holds) => !holds);
  if (!('inside' in condition)) return [false, ...events.flatMap((event) => [matches(condition, event), false])];
  const { enter, leave, min = 0, max = Infinity } = condition.inside;
  const inside = new Set<string>();
  const now = (): boolean => inside.size >= min && inside.size <= max;
  const truth = [now()];
  for (const event of events) {
    if (matches(enter, event)) inside.add(event.node ?? '');
    else if (isDown(event) || matches(leave, event)) inside.delete(event.node ?? '');
    truth.push(now(), now());
  }
  return truth;
}

function isDown({ kind }: ObservedEvent): boolean {
  return kind === 'crash' || kind === 'halt';
}

function matches(pattern: EventPattern, event: ObservedEvent): boolean {
  const { mark, node, detail } = pattern;
  if (node !== undefined && event.node !== node) return false;
  if (mark === undefined) return event.kind === pattern.event && (pattern.name ?? event.name) === event.name;
  if (event.kind !== 'mark' || event.name !== mark) return false;
  return Object.entries(detail ?? {}).every(([field, value]) => plainEquals(fieldOf(event, field), value));
}

function fieldOf({ body }: ObservedEvent, field: string): Plain {
  return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, Plain>>)[field] : undefined;
}

function text(event: ObservedEvent, field: string): string {
  const value = fieldOf(event, field);
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}

/** Those events that a property is about, as its checker wants them. */
function traced<Entry>(
  { events }: Observation,
  entryOf: (event: { readonly node: string; readonly event: ObservedEvent }) => Entry | undefined,
): (check: (trace: readonly Entry[]) => PropertyVerdict) => Found {
  const trace: Entry[] = [];
  const times: Micros[] = [];
  for (const event of events) {
    const entry = entryOf({ node: event.node ?? '', event });
    if (entry === undefined) continue;
    trace.push(entry);
    times.push(event.time);
  }
  return (check) => ({ found: check(trace), at: (position) => times[position]! });
}

function named(verdicts: readonly PropertyVerdict[], property: string): PropertyVerdict {
  return verdicts.find((verdict) => verdict.property === property)!;
}

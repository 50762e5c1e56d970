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
  type ObservedTrace,
  type PropertyVerdict,
} from '../checkers/index.js';
import type { Micros, ObservedEvent } from '../engine/index.js';
import type { Condition, Property } from './property-schema.js';
import {
  balancesIn,
  deliveryOf,
  Insiders,
  isDown,
  leadershipOf,
  matches,
  text,
  Truth,
  type Called,
} from './property-events.js';

/** What a run showed of itself. */
export interface Observation {
  readonly events: readonly ObservedEvent[];
  readonly nodes: readonly string[];
  /** When the last fault was over, and until when the run was observed. */
  readonly quietSince: Micros;
  readonly end: Micros;
  /** Did it go on to its end? One that was cut short leaves open what would still have come. */
  readonly finished: boolean;
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
    case 'one leader a term':
      return traced(observation, ({ event }) => leadershipOf(property, event))(leaderUniqueness);
    case 'mutual exclusion':
      return exclusion(property, observation);
    case 'at most once':
    case 'at least once':
    case 'exactly once': {
      const complete = property.complete === true && observation.finished;
      return traced(observation, ({ event }) => deliveryOf(property, event))((trace) =>
        named(deliveryCounts(trace, { complete }), property.property),
      );
    }
    case 'conservation': {
      const { total, mayOverdraw } = property;
      return traced(observation, ({ event }) => balancesIn(property, event))((reads) =>
        conservation(reads, total, { mayOverdraw: mayOverdraw === true }),
      );
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
    named(
      broadcastProperties(trace, observation.nodes, { complete: complete === true && observation.finished }),
      property.property,
    ),
  );
}

function exclusion(property: Called<'mutual exclusion'>, { events }: Observation): Found {
  const insiders = new Insiders(property);
  const trace = events.flatMap((event) => insiders.see(event).map((entry) => ({ entry, time: event.time })));
  return { found: mutualExclusion(trace.map(({ entry }) => entry)), at: (position) => trace[position]!.time };
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
    const truth = new Truth(condition);
    const at = [truth.now, ...events.flatMap((event) => [truth.at(event), truth.now])];
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

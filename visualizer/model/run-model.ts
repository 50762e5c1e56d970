import type { RunRecord, TraceEvent, Violation } from '../../engine/index.js';
import { causalChain } from './causes.js';
import { markedOperations, readEvidence } from './evidence.js';
import { findFaults, stackBands, type FaultBand } from './faults.js';
import { firstAbove } from './interval-index.js';
import { findLaneSpans, type LaneSpans } from './lane-spans.js';
import { pairMessages, type Messages } from './messages.js';
import { NodeStates } from './node-states.js';
import { findOperations, type Operation } from './operations.js';
import { roleStyles, type RoleStyle } from './role-style.js';
import { tellStory, type StoryItem } from './story.js';

/** A run, indexed for drawing. Positions are indices into `events`; -1 is before everything. */
export interface RunModel {
  readonly record: RunRecord;
  readonly events: readonly TraceEvent[];
  /** Microseconds, ascending. */
  readonly times: Float64Array;
  /** When the last event or the run was over, whichever is later. */
  readonly endTime: number;
  readonly nodes: readonly string[];
  readonly clients: readonly string[];
  readonly messages: Messages;
  /** How long a message usually travels, in microseconds (the median of the first delivered ones). */
  readonly flightUs: number;
  readonly states: NodeStates;
  readonly hasStates: boolean;
  readonly faults: readonly FaultBand[];
  readonly faultRows: readonly number[];
  readonly lanes: ReadonlyMap<string, LaneSpans>;
  readonly operations: readonly Operation[];
  readonly marked: ReadonlySet<number>;
  readonly story: readonly StoryItem[];
  readonly roles: ReadonlyMap<string, RoleStyle>;
  /** The position of the event with this id. */
  positionOf(id: number): number | undefined;
  /** The last event at or before a time; -1 for none. */
  lastAt(time: number): number;
  /** The time of an event; the end where it lies beyond the last. */
  timeOf(at: number): number;
  chainOf(at: number): readonly number[];
  /** Where a violation shows. */
  placeOf(violation: Violation): number;
}

export function buildRunModel(record: RunRecord): RunModel {
  const { events, header, footer } = record;
  const times = Float64Array.from(events, (event) => event.time);
  const positions = new Map(events.map((event, at) => [event.id, at]));
  const positionOf = (id: number): number | undefined => positions.get(id);
  const endTime = Math.max(times.at(-1) ?? 0, footer.virtualTimeUs, 1);
  const clients = new Set(header.clients);
  const nodes = header.nodes.filter((node) => !clients.has(node));
  const messages = pairMessages(events);
  const faults = findFaults(events);
  const roles = roleStyles(events.flatMap((event) => (event.role === undefined ? [] : [event.role.name])));
  const timeOf = (at: number): number => (at < 0 ? 0 : at >= times.length ? endTime : (times[at] ?? endTime));
  const lastAt = (time: number): number => firstAbove(times, time) - 1;
  const operations = findOperations(record.history, events);
  const placeOf = (violation: Violation): number => {
    const noticed = violation.event === undefined ? undefined : positionOf(violation.event);
    if (noticed !== undefined) return noticed;
    // An operation shows that it is wrong when it is answered, not when it is asked.
    const [first] = readEvidence(violation.evidence).operations ?? [];
    const operation = operations.find(({ invoke }) => invoke === first);
    if (operation !== undefined) return operation.endsAt < events.length ? operation.endsAt : operation.beginsAt;
    return violation.time === undefined ? events.length - 1 : Math.max(0, lastAt(violation.time));
  };
  return {
    record,
    events,
    times,
    endTime,
    nodes,
    clients: header.clients,
    messages,
    flightUs: medianFlight(messages, timeOf),
    states: new NodeStates(events, nodes),
    hasStates: events.some((event) => event.changes !== undefined),
    faults,
    faultRows: stackBands(faults),
    lanes: findLaneSpans(events, nodes),
    operations,
    marked: markedOperations(footer),
    story: tellStory(record, positionOf, roles, placeOf),
    placeOf,
    roles,
    positionOf,
    lastAt,
    timeOf,
    chainOf: (at) => causalChain(events, positionOf, messages.sends, at),
  };
}

function medianFlight(messages: Messages, timeOf: (at: number) => number): number {
  const flights = messages.legs
    .slice(0, 2_000)
    .filter((leg) => leg.outcome === 'delivered')
    .map((leg) => timeOf(leg.endedAt) - timeOf(leg.sentAt))
    .sort((a, b) => a - b);
  return flights[flights.length >> 1] ?? 10_000;
}

import type { TraceEvent } from '../../engine/index.js';
import { isObject, isStrings } from '../source/json-object.js';

/** A fault from its begin to its end, in positions of events. */
export interface FaultBand {
  readonly fault: number;
  readonly family: string;
  /** The sentence that the run gives. */
  readonly says: string;
  readonly nodes: readonly string[];
  /** For partitions, who can still talk to whom; else empty. */
  readonly groups: readonly (readonly string[])[];
  readonly beginsAt: number;
  /** The number of events where it never ended; just after its begin where it acts at one instant. */
  readonly endsAt: number;
}

type Band = { -readonly [K in keyof FaultBand]: FaultBand[K] };

/**
 * Pairs the begin and the end of every fault. A fault without an end of its own lasts until another undoes it (a
 * partition heals, a node starts or runs again), for good (a link, a drifting clock), or strikes at one instant.
 */
export function findFaults(events: readonly TraceEvent[]): readonly FaultBand[] {
  const ended = new Set(events.flatMap((event) => (isFault(event, 'end') ? [faultNumber(event)] : [])));
  const bands: Band[] = [];
  const open = new Map<number, Band>();
  const close = (at: number, which: (band: Band) => boolean): void => {
    for (const [fault, band] of open) {
      if (!which(band)) continue;
      band.endsAt = at;
      open.delete(fault);
    }
  };
  for (const [at, event] of events.entries()) {
    if (event.kind === 'start' || event.kind === 'resume') {
      const family = event.kind === 'start' ? 'crash' : 'pause';
      close(at, (band) => band.family === family && !ended.has(band.fault) && band.nodes.includes(event.node ?? ''));
    }
    if (event.kind !== 'fault' || event.name === 'skipped') continue;
    const number = faultNumber(event) ?? -1 - at;
    if (event.name === 'end') close(at, (band) => band.fault === number);
    else {
      const band = readBand(event, number, at, events.length);
      bands.push(band);
      if (isHeal(band)) close(at, (other) => healedBy(other, band));
      if (ended.has(number) || lasts(band)) open.set(number, band);
      else band.endsAt = at + 1;
    }
  }
  return bands;
}

function isFault(event: TraceEvent, phase: string): boolean {
  return event.kind === 'fault' && event.name === phase;
}

function faultNumber(event: TraceEvent): number | undefined {
  const number = isObject(event.body) ? event.body['fault'] : undefined;
  return typeof number === 'number' ? number : undefined;
}

function readBand(event: TraceEvent, fault: number, at: number, end: number): Band {
  const note = isObject(event.body) ? event.body : {};
  return {
    fault,
    family: typeof note['family'] === 'string' ? note['family'] : 'fault',
    says: event.why ?? 'a fault',
    nodes: isStrings(note['nodes']) ? note['nodes'] : [],
    groups: Array.isArray(note['groups']) ? note['groups'].filter(isStrings) : [],
    beginsAt: at,
    endsAt: end,
  };
}

function isHeal(band: FaultBand): boolean {
  return band.family === 'partition' && band.groups.length === 0 && band.says.includes('heal');
}

/** `all partitions heal`, or `partition NAME heals`: the record names partitions only there. */
function healedBy(band: FaultBand, heal: FaultBand): boolean {
  if (band.family !== 'partition') return false;
  const name = /^partition (.+) heals$/.exec(heal.says)?.[1];
  return name === undefined || name === 'partition' || band.says.includes(name);
}

function lasts(band: FaultBand): boolean {
  if (isHeal(band)) return false;
  if (band.family === 'partition' || band.family === 'link') return true;
  return /^(crash|pause|slow|stop) /.test(band.says) || band.says.includes(' drifts ');
}

export function activeAt(bands: readonly FaultBand[], at: number): readonly FaultBand[] {
  return bands.filter((band) => band.beginsAt <= at && at < band.endsAt);
}

/** Which row each band takes so that none overlap, for stacking them. */
export function stackBands(bands: readonly FaultBand[]): readonly number[] {
  const rowEnds: number[] = [];
  return bands.map((band) => {
    let row = rowEnds.findIndex((end) => end <= band.beginsAt);
    if (row < 0) row = rowEnds.length;
    rowEnds[row] = band.endsAt;
    return row;
  });
}

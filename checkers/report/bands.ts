import type { History, HistoryEvent, Value } from '../../engine/history.js';
import { showValue } from '../values.js';

/** Time during which something was so: a fault, a leader. */
export interface EvidenceBand {
  readonly from: number;
  readonly to: number | null;
  readonly text: string;
  readonly kind: 'fault' | 'leader';
  /** Bands of one row do not overlap. */
  readonly row: number;
}

/** What a nemesis of ours writes down: in words, and by what the end is known to belong to its beginning. */
export interface NemesisNote {
  readonly [name: string]: Value;
  readonly says: string;
  readonly of: string;
}

interface OpenBand {
  readonly from: number;
  to: number | null;
  readonly text: string;
  readonly kind: EvidenceBand['kind'];
  readonly name: string;
}

// What nemeses call the end of something, and leaders.
const ENDS = /^(stop|heal|end|resume|restart|recover|reset|fast|unclog)/;
const BEGINS_OR_ENDS = /^(start|stop|begin|end|heal)[-_]?/;

/**
 * Faults and leaders, where the nemesis wrote them down: from `start-partition` to `stop-partition`; from one `leader` to the next,
 * or, as we write it, from `start-leader` to `stop-leader`, so that two can be seen to lead at once.
 */
export function bandsOf(history: History, timed: boolean): EvidenceBand[] {
  const bands: OpenBand[] = [];
  const at = (event: HistoryEvent, place: number): number => (timed ? event.time : place);
  for (const [place, event] of history.entries()) {
    if (event.process !== 'nemesis') continue;
    const kind = /leader/.test(event.f) ? 'leader' : 'fault';
    const note = noteOf(event.value);
    const succeeds = kind === 'leader' && note === undefined;
    const name = note?.of ?? (succeeds ? 'leader' : event.f.replace(BEGINS_OR_ENDS, ''));
    const open = bands.find((band) => band.to === null && band.kind === kind && (band.name === name || name === ''));
    const ends = ENDS.test(event.f);
    if (open !== undefined && (ends || succeeds)) open.to = at(event, place);
    // Jepsen writes down what it asked for, and again what came of it.
    if (ends || (open !== undefined && !succeeds)) continue;
    const value = event.value === null ? '' : ` ${showValue(event.value)}`;
    bands.push({ from: at(event, place), to: null, text: note?.says ?? `${event.f}${value}`, kind, name });
  }
  return inRows(bands);
}

function noteOf(value: Value): NemesisNote | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { says, of } = value as Readonly<Record<string, Value>>;
  return typeof says === 'string' && typeof of === 'string' ? { says, of } : undefined;
}

/** Each into the first row that is free by then; leaders above faults. */
function inRows(bands: readonly OpenBand[]): EvidenceBand[] {
  const rows: number[] = [];
  let above = 0;
  return (['leader', 'fault'] as const).flatMap((kind) => {
    const placed = bands
      .filter((band) => band.kind === kind)
      .map(({ from, to, text }) => {
        const free = rows.findIndex((end, row) => row >= above && end <= from);
        const row = free === -1 ? rows.length : free;
        rows[row] = to ?? Infinity;
        return { from, to, text, kind, row };
      });
    above = rows.length;
    return placed;
  });
}

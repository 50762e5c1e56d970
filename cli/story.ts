import type { TraceEvent } from '../engine/index.js';
import type { StoryLine } from './reports.js';

/** Marks that change who leads or what is decided are part of the story; the others are only counted. */
const TOLD_MARKS = /^(became-leader|became-coordinator|elected|decided|blocked|view-change|stepped-down)/;

/** What a person has to know to follow a run: faults, changes of leadership, halts, violations. */
export function storyOf(events: Iterable<TraceEvent>): StoryLine[] {
  const leaders = new Leaders();
  const lines: StoryLine[] = [];
  for (const event of events) {
    const line = lineOf(event, leaders);
    if (line !== null) lines.push({ timeUs: event.time, ...line });
  }
  return lines;
}

/** Who believes to lead: two at once are what a reader wants to know of. */
class Leaders {
  private readonly terms = new Map<string, unknown>();

  /** @returns who else still leads, in words. */
  began(node: string, term: unknown): string {
    this.terms.delete(node);
    const others = [...this.terms].map(([other, its]) => `; ${other} still leads term ${String(its)}`);
    this.terms.set(node, term);
    return others.join('');
  }

  ended(node: string): void {
    this.terms.delete(node);
  }
}

function lineOf({ kind, name, node, why, body }: TraceEvent, leaders: Leaders): Omit<StoryLine, 'timeUs'> | null {
  switch (kind) {
    case 'fault':
      if (name === 'begin') return { kind: 'fault', text: why ?? '' };
      return name === 'end' ? { kind: 'healed', text: `over: ${why ?? ''}` } : { kind: 'healed', text: why ?? '' };
    case 'crash':
      leaders.ended(node ?? '');
      return null;
    case 'halt':
      leaders.ended(node ?? '');
      return { kind: 'node', text: `${node} stops: ${why ?? ''}` };
    case 'violation':
      return { kind: 'violation', text: `${name} is broken` };
    case 'mark':
      return name === undefined || node === null ? null : markLine(name, node, body, leaders);
    default:
      return null;
  }
}

function markLine(
  name: string,
  node: string,
  body: TraceEvent['body'],
  leaders: Leaders,
): Omit<StoryLine, 'timeUs'> | null {
  const term = field(body, 'term');
  if (name === 'became-leader' && term !== undefined) {
    return { kind: 'mark', text: `${node} becomes leader of term ${String(term)}${leaders.began(node, term)}` };
  }
  // Candidates come and go; only a leader that steps down is news.
  if (name === 'stepped-down') {
    if (field(body, 'from') === 'candidate') return null;
    leaders.ended(node);
  }
  return TOLD_MARKS.test(name) ? { kind: 'mark', text: `${node} ${name.replaceAll('-', ' ')}${detail(body)}` } : null;
}

function field(body: TraceEvent['body'], name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>)[name] : undefined;
}

function detail(body: TraceEvent['body']): string {
  if (body === undefined || body === null) return '';
  if (typeof body !== 'object') return ` (${String(body)})`;
  const parts = Object.entries(body)
    .filter(([, value]) => value === null || typeof value !== 'object')
    .map(([key, value]) => `${key} ${String(value)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

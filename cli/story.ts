import type { TraceEvent } from '../engine/index.js';
import type { StoryLine } from './reports.js';

/** Marks that change who leads or what is decided are part of the story; the others are only counted. */
const TOLD_MARKS = /^(became-leader|became-coordinator|elected|decided|blocked|view-change|stepped-down)/;

/** What a person has to know to follow a run: faults, changes of leadership, halts, violations. */
export function storyOf(events: Iterable<TraceEvent>): StoryLine[] {
  const lines: StoryLine[] = [];
  for (const event of events) {
    const line = lineOf(event);
    if (line !== null) lines.push({ timeUs: event.time, ...line });
  }
  return lines;
}

function lineOf({ kind, name, node, why, body }: TraceEvent): Omit<StoryLine, 'timeUs'> | null {
  switch (kind) {
    case 'fault':
      if (name === 'begin') return { kind: 'fault', text: why ?? '' };
      return name === 'end' ? { kind: 'healed', text: `over: ${why ?? ''}` } : { kind: 'healed', text: why ?? '' };
    case 'halt':
      return { kind: 'node', text: `${node} stops: ${why ?? ''}` };
    case 'violation':
      return { kind: 'violation', text: `${name} is broken` };
    case 'mark':
      if (name === undefined || !TOLD_MARKS.test(name) || isCandidate(body)) return null;
      return { kind: 'mark', text: `${node} ${name.replaceAll('-', ' ')}${detail(body)}` };
    default:
      return null;
  }
}

/** Candidates come and go; only a leader that steps down is news. */
function isCandidate(body: TraceEvent['body']): boolean {
  return typeof body === 'object' && body !== null && (body as { readonly from?: unknown }).from === 'candidate';
}

function detail(body: TraceEvent['body']): string {
  if (body === undefined || body === null) return '';
  if (typeof body !== 'object') return ` (${String(body)})`;
  const parts = Object.entries(body)
    .filter(([, value]) => value === null || typeof value !== 'object')
    .map(([key, value]) => `${key} ${String(value)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

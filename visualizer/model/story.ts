import type { Role, RunRecord, Violation } from '../../engine/index.js';
import type { RoleStyle } from './role-style.js';
import { describeEvent } from './sentences.js';

export type StoryKind = 'fault' | 'role' | 'mark' | 'violation';

export interface StoryItem {
  readonly kind: StoryKind;
  /** Position of its event. */
  readonly at: number;
  readonly text: string;
  readonly node: string | null;
  /** How many alike followed each other and are told once. */
  readonly times: number;
}

const FAULT_KINDS: ReadonlySet<string> = new Set(['fault', 'crash', 'halt', 'pause', 'resume', 'disk', 'connection']);

/** What a person would tell of the run: faults, changes of role, marks and violations, in order. */
export function tellStory(
  record: RunRecord,
  positionOf: (id: number) => number | undefined,
  roles: ReadonlyMap<string, RoleStyle>,
  placeOf: (violation: Violation) => number,
): readonly StoryItem[] {
  const items: StoryItem[] = [];
  const told = new Set<number>();
  for (const violation of record.footer.violations) {
    const at = violation.event === undefined ? undefined : positionOf(violation.event);
    if (at !== undefined) told.add(at);
    items.push({
      kind: 'violation',
      at: at ?? placeOf(violation),
      text: `${violation.property}: ${violation.message}`,
      node: violation.node ?? null,
      times: 1,
    });
  }
  const leads = new Map([...roles].map(([name, style]) => [name, style.leads]));
  const latest = new Map<string, Role>();
  for (const [at, event] of record.events.entries()) {
    const add = (kind: StoryKind, text: string): void => {
      items.push({ kind, at, text, node: event.node, times: 1 });
    };
    if (event.kind === 'violation') {
      if (!told.has(at)) add('violation', describeEvent(event));
    } else if (event.kind === 'mark') add('mark', describeEvent(event));
    else if (FAULT_KINDS.has(event.kind) || (event.kind === 'start' && event.why !== 'first'))
      add('fault', describeEvent(event));
    if (event.role === undefined || event.node === null) continue;
    const before = latest.get(event.node);
    latest.set(event.node, event.role);
    // Every node begins in some role, and followers take every new term: that is no story.
    if (before === undefined || (before.name === event.role.name && leads.get(event.role.name) !== true)) continue;
    const term = event.role.term === undefined ? '' : `, term ${event.role.term}`;
    add('role', `${event.node} is ${event.role.name}${term}`);
  }
  items.sort((a, b) => a.at - b.at);
  return collapseRepeats(items);
}

/** The same mark again and again is one line with a count. */
function collapseRepeats(items: readonly StoryItem[]): readonly StoryItem[] {
  const told: StoryItem[] = [];
  for (const item of items) {
    const last = told.at(-1);
    if (last !== undefined && item.kind === 'mark' && last.kind === 'mark' && last.text === item.text) {
      told[told.length - 1] = { ...last, times: last.times + 1 };
    } else told.push(item);
  }
  return told;
}

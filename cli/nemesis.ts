import type { NemesisNote } from '../checkers/index.js';
import type { History, HistoryEvent, Micros, Plain, TraceEvent } from '../engine/index.js';
import { leads } from '../visualizer/embed/leading-role.js';

/**
 * What broke, and who led (in a trace of states, which knows roles), as Jepsen's nemesis would write it: from `start-partition` to
 * `stop-partition`, from `start-leader` to `stop-leader`.
 */
export function nemesisOf(events: Iterable<TraceEvent>): HistoryEvent[] {
  const lines: HistoryEvent[] = [];
  const leading = new Map<string, NemesisNote>();
  const note = (time: Micros, f: string, value: NemesisNote): void => {
    lines.push({ index: lines.length, time, type: 'info', process: 'nemesis', f, value });
  };
  for (const { kind, node, name, time, why, body, role } of events) {
    if (kind === 'fault' && (name === 'begin' || name === 'end')) {
      const { fault, family } = body as { readonly fault: number; readonly family: string };
      note(time, `${name === 'begin' ? 'start' : 'stop'}-${family}`, { says: why ?? family, of: `fault ${fault}` });
    }
    if (node === null) continue;
    const led = leading.get(node);
    const down = kind === 'crash' || kind === 'halt';
    const now = down ? undefined : role === undefined ? led : leadership(node, role);
    if (now?.says === led?.says) continue;
    if (led !== undefined) note(time, 'stop-leader', led);
    if (now === undefined) leading.delete(node);
    else {
      leading.set(node, now);
      note(time, 'start-leader', now);
    }
  }
  return lines;
}

function leadership(
  node: string,
  { name, term }: { readonly name: string; readonly term?: Plain },
): NemesisNote | undefined {
  if (!leads(name)) return undefined;
  return { says: `${node}: ${name}${term === undefined ? '' : ` (${String(term)})`}`, of: node };
}

/** Both in the order of their times, counted anew. What broke at the same instant comes first. */
export function withNemesis(history: History, nemesis: History): HistoryEvent[] {
  const merged: HistoryEvent[] = [];
  let next = 0;
  for (const event of history) {
    for (; next < nemesis.length && nemesis[next]!.time <= event.time; next++) merged.push(nemesis[next]!);
    merged.push(event);
  }
  merged.push(...nemesis.slice(next));
  return merged.map((event, index) => ({ ...event, index }));
}

import { TRACE_FORMAT, TRACE_VERSION } from '../../engine/index.js';
import type {
  Change,
  HistoryEvent,
  RunRecord,
  TraceEvent,
  TraceFooter,
  TraceHeader,
  Violation,
} from '../../engine/index.js';
import { KINDS } from '../../engine/trace/log.js';
import { decodePlain } from './decode.js';
import { isObject, isStrings, type JsonObject } from './json-object.js';
import type { RunReading } from './run-source.js';

const KNOWN_KINDS: ReadonlySet<string> = new Set(KINDS);

/**
 * Checks parsed JSON and makes a run of it. What is merely unknown is left out with a notice; what makes the run
 * unreadable is a problem.
 */
export function readRun(data: unknown): RunReading {
  if (!isObject(data)) return broken('The run in this page is no splitbrain record', 'It holds no object at all.');
  const header = data['header'];
  if (!isObject(header) || header['format'] !== TRACE_FORMAT) {
    return broken(
      'The run in this page is no splitbrain record',
      `Its header should say format “${TRACE_FORMAT}”; it says ${isObject(header) ? JSON.stringify(header['format']) : 'nothing'}.`,
    );
  }
  if (header['version'] !== TRACE_VERSION) {
    return broken(
      'This run was written by another version of splitbrain',
      `The page reads version ${TRACE_VERSION} of the trace format; the run is version ${String(header['version'])}.`,
    );
  }
  if (!Array.isArray(data['events']))
    return broken('The run in this page has no events', 'Its list of events is missing.');
  const notices: string[] = [];
  const events = readEvents(data['events'] as readonly unknown[], notices);
  const history = readHistory(data['history'], notices);
  const record: RunRecord = {
    header: readHeader(header, events),
    events,
    history,
    footer: readFooter(data['footer'], events, notices),
  };
  return { ok: true, record, notices };
}

function broken(title: string, detail: string): RunReading {
  return { ok: false, problem: { title, detail } };
}

function readHeader(header: JsonObject, events: readonly TraceEvent[]): TraceHeader {
  const text = (key: string, otherwise: string): string =>
    typeof header[key] === 'string' || typeof header[key] === 'number' ? String(header[key]) : otherwise;
  const settings = isObject(header['settings'])
    ? Object.fromEntries(Object.entries(header['settings']).map(([key, value]) => [key, String(value)]))
    : {};
  const clients = isStrings(header['clients']) ? header['clients'] : [];
  const listed = isStrings(header['nodes']) ? header['nodes'] : [];
  const level = header['level'] === 'states' || header['level'] === 'off' ? header['level'] : 'events';
  return {
    format: TRACE_FORMAT,
    version: TRACE_VERSION,
    by: text('by', '?'),
    scenario: text('scenario', 'a run'),
    ...(typeof header['file'] === 'string' ? { file: header['file'] } : {}),
    protocol: text('protocol', '?'),
    seed: text('seed', '?'),
    ...(typeof header['bug'] === 'string' ? { bug: header['bug'] } : {}),
    settings,
    level,
    ...withUnlisted(listed, clients, events),
  };
}

/**
 * Places that the header does not list still need a lane. Whoever asks for something is a client; others are nodes that
 * joined later.
 */
function withUnlisted(
  nodes: readonly string[],
  clients: readonly string[],
  events: readonly TraceEvent[],
): { readonly nodes: readonly string[]; readonly clients: readonly string[] } {
  const seen = new Set([...nodes, ...clients]);
  const all = { nodes: [...nodes], clients: [...clients] };
  for (const event of events) {
    if (event.node === null || seen.has(event.node)) continue;
    seen.add(event.node);
    if (event.kind === 'invoke') all.clients.push(event.node);
    else all.nodes.push(event.node);
  }
  return all;
}

function readEvents(list: readonly unknown[], notices: string[]): readonly TraceEvent[] {
  const unknownKinds = new Map<string, number>();
  const events: TraceEvent[] = [];
  let malformed = 0;
  let last = -Infinity;
  let backwards = 0;
  for (const item of list) {
    if (
      !isObject(item) ||
      !Number.isFinite(item['id']) ||
      !Number.isFinite(item['time']) ||
      typeof item['kind'] !== 'string'
    ) {
      malformed += 1;
      continue;
    }
    if (!KNOWN_KINDS.has(item['kind'])) {
      unknownKinds.set(item['kind'], (unknownKinds.get(item['kind']) ?? 0) + 1);
      continue;
    }
    const event = readEvent(item);
    if (event.time < last) backwards += 1;
    last = Math.max(last, event.time);
    events.push(event);
  }
  if (backwards > 0) {
    events.sort((a, b) => a.time - b.time || a.id - b.id);
    notices.push(`${backwards} events were out of order and have been sorted by time.`);
  }
  if (malformed > 0) notices.push(`${malformed} entries are no events and were left out.`);
  for (const [kind, count] of unknownKinds) {
    notices.push(
      `${count} ${count === 1 ? 'event' : 'events'} of the unknown kind “${kind}” left out: a newer splitbrain may have written them.`,
    );
  }
  return events;
}

function readEvent(item: JsonObject): TraceEvent {
  const event: Record<string, unknown> = { ...item };
  event['node'] = typeof item['node'] === 'string' ? item['node'] : null;
  event['cause'] = typeof item['cause'] === 'number' ? item['cause'] : 0;
  for (const key of ['peer', 'name', 'why'] as const) {
    if (key in event && typeof event[key] !== 'string') delete event[key];
  }
  if ('msg' in event && typeof event['msg'] !== 'number') delete event['msg'];
  if ('body' in item) event['body'] = decodePlain(item['body']);
  if (Array.isArray(item['changes'])) event['changes'] = item['changes'].filter(isChange).map(readChange);
  else delete event['changes'];
  if (!isObject(item['role']) || typeof item['role']['name'] !== 'string') delete event['role'];
  return event as unknown as TraceEvent;
}

function isChange(change: unknown): change is JsonObject {
  return isObject(change) && Array.isArray(change['path']);
}

function readChange(change: JsonObject): Change {
  const path = change['path'] as readonly (string | number)[];
  return 'to' in change ? { path, to: decodePlain(change['to']) } : { path };
}

function readHistory(list: unknown, notices: string[]): readonly HistoryEvent[] {
  if (!Array.isArray(list)) return [];
  const kept = list.filter(
    (item): item is JsonObject =>
      isObject(item) &&
      Number.isFinite(item['index']) &&
      Number.isFinite(item['time']) &&
      ['invoke', 'ok', 'fail', 'info'].includes(String(item['type'])),
  );
  if (kept.length < list.length)
    notices.push(`${list.length - kept.length} entries of the client history could not be read.`);
  return kept.map(
    (item) => ({ ...item, f: String(item['f']), value: decodePlain(item['value']) }) as unknown as HistoryEvent,
  );
}

function readFooter(footer: unknown, events: readonly TraceEvent[], notices: string[]): TraceFooter {
  const given = isObject(footer) ? footer : {};
  if (!isObject(footer)) notices.push('The run has no ending: it was cut off, so there is no verdict.');
  const verdict = given['verdict'] === 'ok' || given['verdict'] === 'violation' ? given['verdict'] : 'undecided';
  const violations = Array.isArray(given['violations'])
    ? given['violations'].filter(isObject).map(
        (violation) =>
          ({
            ...violation,
            property: String(violation['property'] ?? 'unnamed property'),
            message: String(violation['message'] ?? ''),
          }) as unknown as Violation,
      )
    : [];
  return {
    digest: typeof given['digest'] === 'string' ? given['digest'] : '',
    events: typeof given['events'] === 'number' ? given['events'] : events.length,
    virtualTimeUs: typeof given['virtualTimeUs'] === 'number' ? given['virtualTimeUs'] : (events.at(-1)?.time ?? 0),
    ending: typeof given['ending'] === 'string' ? (given['ending'] as TraceFooter['ending']) : 'finished',
    verdict,
    violations,
    marks: isObject(given['marks']) ? (given['marks'] as TraceFooter['marks']) : {},
  };
}

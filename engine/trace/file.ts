import { emptyChoiceLog, type ChoiceLog } from '../choices.js';
import { UsageError } from '../errors.js';
import type { HistoryEvent } from '../history.js';
import { fromJson, toJson } from '../plain.js';
import {
  TRACE_FORMAT,
  TRACE_VERSION,
  type RunRecord,
  type TraceEvent,
  type TraceFooter,
  type TraceHeader,
} from './record.js';

/**
 * Trace files: JSON lines. First the header, then a line an event, then the log of choices in pieces, then the footer. Every
 * line ends in `"h"`, a checksum of itself and all lines before it, so that a cut, a swap or an edit is found where it is.
 */

const CHOICES_PER_LINE = 1_000;
const CHECKSUM = /,"h":"([0-9a-f]{8})"\}$/;
const CHECKSUM_START = 0x811c9dc5;

/** What is wrong with a trace file, and where. */
export class TraceFileError extends UsageError {
  override readonly name = 'TraceFileError';
  constructor(
    code: string,
    readonly line: number,
    message: string,
    hint?: string,
  ) {
    super(code, `line ${line}: ${message}`, hint);
  }
}

/** The lines of a trace file, without line ends. */
export function* writeTrace(
  header: TraceHeader,
  events: Iterable<TraceEvent>,
  choices: ChoiceLog | null,
  footer: TraceFooter,
): Generator<string> {
  let checksum = CHECKSUM_START;
  const line = (content: object): string => {
    const text = JSON.stringify(content);
    checksum = chain(checksum, text);
    return `${text.slice(0, -1)},"h":"${checksum.toString(16).padStart(8, '0')}"}`;
  };
  yield line(header);
  for (const event of events) yield line(eventToJson(event));
  if (choices !== null) yield* choiceLines(choices, line);
  yield line({ footer });
}

function* choiceLines(choices: ChoiceLog, line: (content: object) => string): Generator<string> {
  let named = 0;
  for (let from = 0; from < choices.values.length; from += CHOICES_PER_LINE) {
    const which = choices.which.slice(from, from + CHOICES_PER_LINE);
    const last = which.reduce((most, stream) => Math.max(most, stream), named - 1);
    const streams = choices.streams.slice(named, last + 1);
    named = Math.max(named, last + 1);
    yield line({ choices: { streams, which, values: choices.values.slice(from, from + CHOICES_PER_LINE) } });
  }
}

function eventToJson(event: TraceEvent): object {
  return {
    ...event,
    ...(event.body === undefined ? {} : { body: toJson(event.body) }),
    ...(event.changes === undefined
      ? {}
      : {
          changes: event.changes.map(({ path, ...to }) =>
            'to' in to ? { path, to: toJson(to.to ?? null) } : { path },
          ),
        }),
  };
}

/** A trace file, read. */
export interface TraceFile extends RunRecord {
  readonly choices: ChoiceLog | null;
}

/**
 * Reads a trace file.
 *
 * @throws TraceFileError for another format or version, a cut file, a line that was changed, anything that is no trace.
 */
export function readTrace(lines: Iterable<string>): TraceFile {
  let checksum = CHECKSUM_START;
  let header: TraceHeader | null = null;
  let footer: TraceFooter | null = null;
  const events: TraceEvent[] = [];
  const choices = emptyChoiceLog();
  let number = 0;
  for (const text of lines) {
    number++;
    if (text.trim() === '') continue;
    if (footer !== null)
      throw new TraceFileError('trace-tail', number, 'something follows the footer, which ends a trace');
    const [content, next] = readLine(text, number, checksum, header === null);
    checksum = next;
    if (header === null) header = checkHeader(content, number);
    else if ('footer' in content) footer = content['footer'] as TraceFooter;
    else if ('choices' in content) addChoices(choices, content['choices'] as ChoiceLog, number);
    else events.push(toEvent(content, number, events.length + 1));
  }
  if (header === null)
    throw new TraceFileError('trace-empty', Math.max(1, number), 'the file is empty (a trace was expected)');
  if (footer === null) {
    throw new TraceFileError(
      'trace-truncated',
      number,
      'the file ends without a footer: it was cut off, or the run was killed',
    );
  }
  return { header, events, history: historyOf(events), footer, choices: choices.values.length === 0 ? null : choices };
}

/** The history is in the trace: what clients did and saw are events of the run. */
export function historyOf(events: Iterable<TraceEvent>): HistoryEvent[] {
  const history: HistoryEvent[] = [];
  for (const { kind, body } of events) {
    if (kind === 'invoke' || kind === 'ok' || kind === 'fail' || kind === 'info')
      history.push(body as unknown as HistoryEvent);
  }
  return history;
}

/** Longer ones are no lines of a trace, and cost a multiple of their size to find that out. */
const LINE_CHARS_MAX = 16 * 1024 * 1024;

function readLine(text: string, number: number, checksum: number, first: boolean): [Record<string, unknown>, number] {
  if (text.length > LINE_CHARS_MAX) {
    const found = `${text.length} characters, from ${excerpt(text)} on`;
    throw new TraceFileError('trace-line', number, `${found} (at most ${LINE_CHARS_MAX} in a line were expected)`);
  }
  const match = CHECKSUM.exec(text);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (problem) {
    throw new TraceFileError('trace-json', number, `${excerpt(text)} is no JSON (${(problem as Error).message})`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new TraceFileError('trace-json', number, 'a JSON object was expected');
  }
  const fields = content as Record<string, unknown>;
  // Before its checksum: another version may compute it differently.
  if (first) checkHeader(fields, number);
  const body = match === null ? text : `${text.slice(0, match.index)}}`;
  const next = chain(checksum, body);
  if (match === null || match[1] !== next.toString(16).padStart(8, '0')) {
    throw new TraceFileError(
      'trace-changed',
      number,
      'this line, or one before it, is not what was written',
      'a trace is a record: to change a run, edit a repro or the scenario',
    );
  }
  return [fields, next];
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** A value of the header, whose text may have any length. */
function told(value: unknown): string {
  return typeof value === 'string' ? excerpt(value) : excerpt(JSON.stringify(value) ?? 'missing').slice(1, -1);
}

function checkHeader(content: Record<string, unknown>, number: number): TraceHeader {
  if (content['format'] !== TRACE_FORMAT) {
    throw new TraceFileError(
      'trace-format',
      number,
      `"format" is ${told(content['format'])} ("${TRACE_FORMAT}" was expected)`,
    );
  }
  if (content['version'] !== TRACE_VERSION) {
    throw new TraceFileError(
      'trace-version',
      number,
      `the trace has version ${told(content['version'])}, this splitbrain reads version ${TRACE_VERSION}`,
      'run the scenario again with the same seed',
    );
  }
  return content as unknown as TraceHeader;
}

function toEvent(content: Record<string, unknown>, number: number, id: number): TraceEvent {
  if (content['id'] !== id || typeof content['kind'] !== 'string' || typeof content['time'] !== 'number') {
    throw new TraceFileError('trace-event', number, `event ${id} was expected`);
  }
  const { h: _, body, changes, ...rest } = content;
  return {
    ...rest,
    ...(body === undefined ? {} : { body: fromJson(body) }),
    ...(changes === undefined
      ? {}
      : {
          changes: (changes as { path: (string | number)[]; to?: unknown }[]).map((change) =>
            'to' in change ? { path: change.path, to: fromJson(change.to) } : { path: change.path },
          ),
        }),
  } as unknown as TraceEvent;
}

function addChoices(log: ChoiceLog, piece: ChoiceLog, number: number): void {
  if (!Array.isArray(piece.streams) || !Array.isArray(piece.which) || !Array.isArray(piece.values)) {
    throw new TraceFileError('trace-choices', number, 'a piece of the log of choices was expected');
  }
  log.streams.push(...piece.streams);
  log.which.push(...piece.which);
  log.values.push(...piece.values);
}

/** FNV-1a over characters, continued from line to line. */
function chain(checksum: number, text: string): number {
  let hash = checksum;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

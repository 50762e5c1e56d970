import type { HistoryEvent } from '../../engine/history.js';
import type { HistoryProblem } from '../history/well-formed.js';
import { nearestName } from '../values.js';
import { readEtcdLog } from './etcd-log.js';
import { FormatError, placeOf } from './format-error.js';
import { looksIndependent, readJepsen, withKeys, type JepsenOptions } from './jepsen.js';
import { JsonlReader, type LocatedEvent } from './jsonl.js';

/** The formats that can be read, each with a sentence for lists. */
export const historyFormats = Object.freeze({
  jsonl: 'our own: one JSON event a line',
  jepsen: "Jepsen's history.edn: a map a line, or a vector of maps; also Porcupine's kv logs",
  'etcd-log': "the log of Jepsen's etcd test, as in Porcupine's test data",
});

export type HistoryFormat = keyof typeof historyFormats;

export interface ReadOptions extends JepsenOptions {
  /** Recognised from the beginning of the text when left out. */
  readonly format?: HistoryFormat | 'auto';
  /** For error messages. */
  readonly file?: string;
}

export interface ReadHistory {
  readonly format: HistoryFormat;
  readonly history: readonly HistoryEvent[];
  /** Were values taken for pairs of a key and a value without being asked to, as they look like those of independent tests? */
  readonly takenForPairs: boolean;
  /** The line (from 1) of the event at a position (from 0), as `HistoryProblem.at` has it. */
  readonly lineOf: (at: number) => number;
}

/**
 * Reads a history of any known format.
 *
 * @throws FormatError with line, column, what stands there and what was expected.
 */
export function readHistory(text: string, options: ReadOptions = {}): ReadHistory {
  try {
    const format =
      options.format === undefined || options.format === 'auto' ? detectFormat(text) : known(options.format);
    const history: HistoryEvent[] = [];
    const lines: number[] = [];
    for (const { event, line } of eventsOf(text, format, options)) {
      history.push(event);
      lines.push(line);
    }
    if (history.length === 0) throw empty(text);
    const pairs = format === 'jepsen' && options.independent === undefined && looksIndependent(history);
    return {
      format,
      history: pairs ? withKeys(history) : history,
      takenForPairs: pairs,
      lineOf: (at) => lines[at] ?? 0,
    };
  } catch (error) {
    throw error instanceof FormatError && options.file !== undefined ? error.inFile(options.file) : error;
  }
}

function* eventsOf(text: string, format: HistoryFormat, options: ReadOptions): Generator<LocatedEvent, void> {
  if (format === 'jepsen') yield* readJepsen(text, options);
  else if (format === 'etcd-log') yield* readEtcdLog(text);
  else {
    const reader = new JsonlReader();
    yield* reader.push(text);
    yield* reader.end();
  }
}

function known(format: string): HistoryFormat {
  if (Object.hasOwn(historyFormats, format)) return format as HistoryFormat;
  const names = Object.keys(historyFormats);
  const near = nearestName(format, names);
  const hint = near === undefined ? 'Leave it out to have it recognised.' : `Did you mean ${near}?`;
  throw new FormatError({
    code: 'unknown-format',
    line: 1,
    column: 1,
    value: format,
    expected: `a format: ${names.join(', ')}`,
    hint,
  });
}

const LOOK_CHARS = 64 * 1024;

/**
 * Recognises a format from the first thing in the text that is neither blank nor an EDN comment.
 *
 * @throws FormatError when it is none of them.
 */
export function detectFormat(text: string): HistoryFormat {
  const head = text.slice(0, LOOK_CHARS);
  const at = /^(?:[\s,\ufeff]|;[^\n]*\n?)*/.exec(head)?.[0].length ?? 0;
  const start = head.slice(at, at + 200);
  if (start === '') throw empty(text);
  if (/^INFO\s/.test(start)) return 'etcd-log';
  if (/^\{\s*"/.test(start)) return 'jsonl';
  if (/^(?:[{[(][\s,]*[:#{[;\])}]|#[a-zA-Z_][\w.]*\s*\{|#_)/.test(start) && !/^\[\s*\{\s*"/.test(start))
    return 'jepsen';
  throw new FormatError({
    code: 'unknown-format',
    ...placeOf(text, at),
    value: start.slice(0, 40),
    expected: 'a history: one JSON object a line, EDN maps, or lines that begin with INFO',
    hint: hintFor(start),
  });
}

function hintFor(start: string): string {
  if (/^\[\s*\{\s*"/.test(start)) return 'A JSON array of events: write one event a line, without the brackets.';
  if (/^(?:\d+|:nemesis)\s+:(?:invoke|ok|fail|info)\s/.test(start))
    return "Jepsen's history.txt is for people: give history.edn, which lies beside it.";
  if (start.startsWith('JEPSEN')) return "Jepsen's test.jepsen is for Jepsen: give history.edn, which lies beside it.";
  return 'Name the format, where it is one of them.';
}

function empty(text: string): FormatError {
  return new FormatError({
    code: 'empty',
    ...placeOf(text.slice(-LOOK_CHARS), 0),
    value: '',
    expected: 'a history',
    hint: 'There is no event in it.',
  });
}

/** A problem of a history as one line with its place in the file: `h.jsonl:3: …`. */
export function locateProblem(problem: HistoryProblem, read: ReadHistory, file = '<history>'): string {
  return `${file}:${read.lineOf(problem.at)}: ${problem.message}; expected ${problem.expected}`;
}

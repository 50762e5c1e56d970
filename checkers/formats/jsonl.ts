import type { History, HistoryEvent } from '../../engine/history.js';
import { isRecord, nearestName, showValue } from '../values.js';
import { FormatError } from './format-error.js';
import { jsonFault } from './json-fault.js';
import { ValueFault, valueFromJson, valueToJson } from './json-value.js';
import { LineSplitter, type Line } from './line-splitter.js';

const TYPES = ['invoke', 'ok', 'fail', 'info'];
const FIELDS = ['index', 'time', 'type', 'process', 'f', 'key', 'value', 'error', 'node'];
const HINT =
  'A line is one event, such as {"index":0,"time":0,"type":"invoke","process":0,"f":"read","key":"x","value":null}.';

/** An event and the line it came from. */
export interface LocatedEvent {
  readonly event: HistoryEvent;
  /** From 1. */
  readonly line: number;
}

/** Reads our own history format, one event a line, from chunks of any size. Blank lines are skipped. */
export class JsonlReader {
  private readonly lines: LineSplitter;

  constructor(lineCharsMax?: number) {
    this.lines = new LineSplitter(lineCharsMax);
  }

  /** @throws FormatError */
  *push(chunk: string): Generator<LocatedEvent, void> {
    for (const line of this.lines.push(chunk)) yield* eventsOf(line);
  }

  /** What the last line holds, where no line end follows it. */
  *end(): Generator<LocatedEvent, void> {
    for (const line of this.lines.end()) yield* eventsOf(line);
  }
}

function* eventsOf(line: Line): Generator<LocatedEvent, void> {
  if (line.text.trim() !== '') yield { event: eventOf(line), line: line.number };
}

function eventOf(line: Line): HistoryEvent {
  let json: unknown;
  try {
    json = JSON.parse(line.text);
  } catch {
    throw syntaxError(line);
  }
  if (!isRecord(json)) throw fieldError(line, 1, line.text, 'an object with type, process and f', HINT);
  return new EventFields(line, json).event();
}

function syntaxError(line: Line): FormatError {
  const fault = jsonFault(line.text);
  const at = fault?.at ?? 0;
  return new FormatError({
    code: fault?.truncated === true ? 'truncated' : 'syntax',
    line: line.number,
    column: at + 1,
    value: line.text.slice(at, at + 80),
    expected: fault?.expected ?? 'JSON',
    hint: fault?.truncated === true ? 'Was the file cut off?' : HINT,
  });
}

function fieldError(line: Line, column: number, value: string, expected: string, hint = HINT): FormatError {
  return new FormatError({ code: 'bad-event', line: line.number, column, value, expected, hint });
}

/** One object as an event, each field checked. */
class EventFields {
  constructor(
    private readonly line: Line,
    private readonly json: { readonly [key: string]: unknown },
  ) {}

  event(): HistoryEvent {
    const { json } = this;
    const index = this.need('index', isCount, 'an integer from 0');
    const time = this.need('time', isInteger, 'an integer number of microseconds');
    const type = this.need('type', isType, TYPES.join(', '));
    const process = this.need('process', isProcess, 'an integer from 0 or "nemesis"');
    const f = this.need('f', isText, "the operation's name");
    return {
      index,
      time,
      type,
      process,
      f,
      ...(Object.hasOwn(json, 'key') && { key: this.value('key') }),
      value: Object.hasOwn(json, 'value') ? this.value('value') : null,
      ...(Object.hasOwn(json, 'error') && { error: this.need('error', isText, 'a text') }),
      ...(Object.hasOwn(json, 'node') && { node: this.need('node', isText, "a node's name") }),
    };
  }

  private need<T>(name: string, is: (value: unknown) => value is T, expected: string): T {
    const value = Object.hasOwn(this.json, name) ? this.json[name] : undefined;
    if (is(value)) return value;
    if (value !== undefined) throw fieldError(this.line, this.column(name), showValue(value), `${name}: ${expected}`);
    const like = nearestName(
      name,
      Object.keys(this.json).filter((field) => !FIELDS.includes(field)),
    );
    const hint = like === undefined ? HINT : `Is ${like} meant to be ${name}?`;
    throw fieldError(
      this.line,
      like === undefined ? 1 : this.column(like),
      this.line.text,
      `a field ${name} (${expected})`,
      hint,
    );
  }

  private value(name: string): HistoryEvent['value'] {
    try {
      return valueFromJson(this.json[name]);
    } catch (error) {
      if (!(error instanceof ValueFault)) throw error;
      throw fieldError(this.line, this.column(name), error.offending, error.expected);
    }
  }

  private column(name: string): number {
    return Math.max(0, this.line.text.indexOf(JSON.stringify(name))) + 1;
  }
}

function isCount(value: unknown): value is number {
  return isInteger(value) && value >= 0;
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isType(value: unknown): value is HistoryEvent['type'] {
  return typeof value === 'string' && TYPES.includes(value);
}

function isProcess(value: unknown): value is HistoryEvent['process'] {
  return value === 'nemesis' || isCount(value);
}

/** One event as a line of our own format, without the line end. */
export function jsonlLine(event: HistoryEvent): string {
  const { index, time, type, process, f, key, value, error, node } = event;
  return JSON.stringify({
    index,
    time,
    type,
    process,
    f,
    ...(key !== undefined && { key: valueToJson(key) }),
    value: valueToJson(value),
    ...(error !== undefined && { error }),
    ...(node !== undefined && { node }),
  });
}

/** A history in our own format: one event a line. */
export function writeJsonl(history: History): string {
  return history.map((event) => `${jsonlLine(event)}\n`).join('');
}

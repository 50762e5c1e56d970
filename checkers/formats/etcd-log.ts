import type { History, HistoryEvent, Value } from '../../engine/history.js';
import { FormatError } from './format-error.js';
import type { LocatedEvent } from './jsonl.js';
import { LineSplitter, type Line } from './line-splitter.js';

const LINE = /^INFO\s+jepsen\.util\s+-\s+(\d+|:nemesis)\s+:(invoke|ok|fail|info)\s+:([\w-]+)\s+(.*)$/;
const EXPECTED = 'INFO  jepsen.util - <process>  :<invoke|ok|fail|info>  :<operation>  <value>';
const INTEGER = /^-?\d+$/;

/**
 * Reads the log that Jepsen's etcd test printed, as Porcupine keeps it for its tests: one register, no times, no keys.
 * There a failed compare-and-set is one that met another value.
 *
 * @throws FormatError
 */
export function* readEtcdLog(text: string): Generator<LocatedEvent, void> {
  const splitter = new LineSplitter();
  let index = 0;
  for (const lines of [splitter.push(text), splitter.end()]) {
    for (const line of lines) {
      if (line.text.trim() === '') continue;
      yield { event: eventOf(line, index), line: line.number };
      index++;
    }
  }
}

function eventOf(line: Line, index: number): HistoryEvent {
  const match = LINE.exec(line.text);
  if (match === null) throw fault(line, 0, EXPECTED);
  const [, who, type, f, rest] = match as unknown as [string, string, HistoryEvent['type'], string, string];
  const process = who === ':nemesis' ? 'nemesis' : Number(who);
  const common = { index, time: index, type, process, f } as const;
  if (!Number.isSafeInteger(process) && process !== 'nemesis')
    throw fault(line, line.text.indexOf(who), 'a process number');
  if (process === 'nemesis') return { ...common, value: rest };
  if (rest.trim().startsWith(':')) return { ...common, value: null, error: rest.trim().slice(1) };
  const value = valueOf(line, rest);
  return f === 'cas' && type === 'fail' ? { ...common, value, error: 'mismatch' } : { ...common, value };
}

function valueOf(line: Line, rest: string): Value {
  const text = rest.trim();
  if (text === 'nil') return null;
  const pair = /^\[(\S+) (\S+)\]$/.exec(text);
  const items = pair === null ? [text] : [pair[1] as string, pair[2] as string];
  const values = items.map((item) => (item === 'nil' ? null : INTEGER.test(item) ? Number(item) : undefined));
  if (values.some((value) => value === undefined || (value !== null && !Number.isSafeInteger(value)))) {
    throw fault(line, line.text.length - rest.length, 'an integer, nil or a pair [from to]');
  }
  return pair === null ? (values[0] as Value) : (values as Value);
}

function fault(line: Line, at: number, expected: string): FormatError {
  return new FormatError({
    code: 'syntax',
    line: line.number,
    column: at + 1,
    value: line.text.slice(at, at + 80),
    expected,
    hint: "This was taken for the log of Jepsen's etcd test, as its first line begins with INFO.",
  });
}

/**
 * A history of one register as such a log.
 *
 * @throws TypeError for keys, and for values that are no integers, null or pairs of these: the log cannot say them.
 */
export function writeEtcdLog(history: History): string {
  return history
    .map((event) => {
      const { process, type, f, error } = event;
      const who = process === 'nemesis' ? ':nemesis' : String(process);
      const met = type === 'fail' && f === 'cas';
      const value = error !== undefined && !met ? `:${error.replace(/[^\w-]/g, '-')}` : shownValue(event);
      return `INFO  jepsen.util - ${who}\t:${type}\t:${f}\t${value}\n`;
    })
    .join('');
}

function shownValue({ key, value, index, process }: HistoryEvent): string {
  const one = (item: Value): string => {
    if (item === null) return 'nil';
    if (typeof item === 'number' && Number.isSafeInteger(item)) return String(item);
    throw new TypeError(`event ${index} has a value that this log cannot say: integers and null only`);
  };
  if (process === 'nemesis') return String(value);
  if (key !== undefined) throw new TypeError(`event ${index} has a key: this log has one register only`);
  const items = Array.isArray(value) ? (value as readonly Value[]) : undefined;
  return items?.length === 2 ? `[${one(items[0] as Value)} ${one(items[1] as Value)}]` : one(value);
}

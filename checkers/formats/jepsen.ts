import type { History, HistoryEvent, Value } from '../../engine/history.js';
import { nearestName } from '../values.js';
import { EdnReader, type Edn, type EdnEntry, type EdnLimits } from './edn.js';
import type { LocatedEvent } from './jsonl.js';

const TYPES: readonly string[] = ['invoke', 'ok', 'fail', 'info'];
const FIELDS = ['index', 'time', 'type', 'process', 'f', 'key', 'value', 'error', 'node'];
const NS_PER_US = 1_000;
const HINT = 'An event is a map such as {:index 0 :time 3291485317 :type :invoke :process 0 :f :read :value nil}.';

export interface JepsenOptions {
  readonly limits?: EdnLimits;
  /** Values are pairs `[key value]`, as Jepsen's independent tests write them; recognised when left out. */
  readonly independent?: boolean;
}

/**
 * Reads a Jepsen history: one map a line, or a vector of maps, also as `#jepsen.history.Op{…}`. Times become microseconds.
 * Where no event has an index or a time, they are counted from 0. Keywords and symbols become texts; sets `{"#set": […]}`, tagged literals
 * `{"#tag": name, "value": …}` and maps with other keys than texts and keywords `{"#map": [[key, value], …]}`.
 *
 * @throws FormatError
 */
export function* readJepsen(text: string, options: JepsenOptions = {}): Generator<LocatedEvent, void> {
  const reader = new EdnReader(text, options.limits);
  let line = 1;
  // Kept from form to form: where all stand in one line, each would look for its end through the rest of the file.
  let lineEnd = text.indexOf('\n');
  let position = 0;
  for (const { form, at } of reader.forms()) {
    for (; lineEnd !== -1 && lineEnd < at; lineEnd = text.indexOf('\n', lineEnd + 1)) line++;
    yield { event: new EventMap(reader, form, at, position, options).event(), line };
    position++;
  }
}

/** One map as an event, each field checked. */
class EventMap {
  private readonly fields = new Map<string, EdnEntry>();

  constructor(
    private readonly reader: EdnReader,
    form: Edn,
    private readonly start: number,
    private readonly position: number,
    private readonly options: JepsenOptions,
  ) {
    const map = typeof form === 'object' && form?.kind === 'tagged' ? form.value : form;
    if (map === null || typeof map !== 'object' || map.kind !== 'map') {
      throw reader.fault('bad-event', start, 'a map with :type, :process and :f', HINT);
    }
    for (const entry of map.entries) {
      const name = nameOf(entry.key);
      if (name !== undefined) this.fields.set(name, entry);
    }
  }

  event(): HistoryEvent {
    const type = this.named('type', (name) => TYPES.includes(name), ':invoke, :ok, :fail or :info');
    const process = this.process();
    const f = process === 'nemesis' ? this.nemesisName() : this.named('f', () => true, "the operation's name");
    const whole = this.value('value') ?? null;
    const pair = this.options.independent === true && process !== 'nemesis' ? this.pair(whole) : undefined;
    const key = pair === undefined ? this.value('key') : pair[0];
    const error = this.value('error');
    const node = this.value('node');
    return {
      index: this.integer('index') ?? this.position,
      time: this.time(),
      type: type as HistoryEvent['type'],
      process,
      f,
      ...(key !== undefined && { key }),
      value: pair === undefined ? whole : pair[1],
      ...(error !== undefined && error !== null && { error: typeof error === 'string' ? error : writeEdn(error) }),
      ...(typeof node === 'string' && { node }),
    };
  }

  private fault(name: string, expected: string): Error {
    const entry = this.fields.get(name);
    if (entry !== undefined) return this.reader.fault('bad-event', entry.at, expected, HINT);
    const like = nearestName(
      name,
      [...this.fields.keys()].filter((field) => !FIELDS.includes(field)),
    );
    const hint = like === undefined ? HINT : `Is :${like} meant to be :${name}?`;
    return this.reader.fault('bad-event', this.start, `a map with :${name} (${expected})`, hint);
  }

  private named(name: string, is: (value: string) => boolean, expected: string): string {
    const value = nameOf(this.fields.get(name)?.value);
    if (value === undefined || !is(value)) throw this.fault(name, expected);
    return value;
  }

  private nemesisName(): string {
    return nameOf(this.fields.get('f')?.value) ?? 'nemesis';
  }

  private process(): HistoryEvent['process'] {
    const value = this.fields.get('process')?.value;
    if (nameOf(value) === 'nemesis') return 'nemesis';
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.fault('process', 'an integer from 0, or :nemesis');
  }

  private integer(name: string): number | undefined {
    const value = this.fields.get(name)?.value ?? undefined;
    if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value))) return value;
    throw this.fault(name, 'an integer below 2^53');
  }

  private time(): number {
    const value = this.fields.get('time')?.value ?? undefined;
    if (value === undefined) return this.position;
    const us =
      typeof value === 'bigint'
        ? Number(value / BigInt(NS_PER_US))
        : typeof value === 'number'
          ? Math.floor(value / NS_PER_US)
          : NaN;
    if (!Number.isSafeInteger(us)) throw this.fault('time', 'a number of nanoseconds');
    return us;
  }

  private value(name: string): Value | undefined {
    const entry = this.fields.get(name);
    return entry === undefined ? undefined : plain(entry.value);
  }

  private pair(value: Value): readonly [Value, Value] {
    if (Array.isArray(value) && value.length === 2) return value as unknown as readonly [Value, Value];
    throw this.fault('value', 'a pair [key value], as in independent tests');
  }
}

function nameOf(form: Edn | undefined): string | undefined {
  if (typeof form === 'string') return form;
  return typeof form === 'object' && form !== null && (form.kind === 'keyword' || form.kind === 'symbol')
    ? form.name
    : undefined;
}

// Shared, as there may be a million of them.
const EMPTY_LIST: Value = Object.freeze([]);
const EMPTY_SET: Value = Object.freeze({ '#set': EMPTY_LIST });
const EMPTY_MAP: Value = Object.freeze({});

function plain(form: Edn): Value {
  if (form === null || typeof form !== 'object') return form;
  switch (form.kind) {
    case 'keyword':
    case 'symbol':
    case 'character':
    case 'ratio':
      return form.name;
    case 'list':
    case 'vector':
      return form.items.length === 0 ? EMPTY_LIST : form.items.map(plain);
    case 'set':
      return form.items.length === 0 ? EMPTY_SET : { '#set': form.items.map(plain) };
    case 'tagged':
      return { '#tag': form.tag, value: plain(form.value) };
    case 'map':
      return form.entries.length === 0 ? EMPTY_MAP : plainMap(form.entries);
  }
}

function plainMap(entries: readonly EdnEntry[]): Value {
  const names = entries.map((entry) => nameOf(entry.key));
  // `{:a 1 "a" 2}` would lose one of them.
  const distinct = !names.includes(undefined) && (names.length === 1 || new Set(names).size === names.length);
  if (!distinct) return { '#map': entries.map((entry) => [plain(entry.key), plain(entry.value)]) };
  return Object.fromEntries(entries.map((entry, i) => [names[i] as string, plain(entry.value)]));
}

/** A value as EDN; gives back what `readJepsen` made of sets, tags and maps. */
export function writeEdn(value: Value): string {
  if (value === null) return 'nil';
  if (typeof value === 'string') return ednText(value);
  if (typeof value === 'number') return ednNumber(value);
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(writeEdn).join(' ')}]`;
  const set = value['#set'];
  const map = value['#map'];
  const size = Object.keys(value).length;
  if (size === 1 && set !== undefined && isList(set)) return `#{${set.map(writeEdn).join(' ')}}`;
  if (size === 1 && map !== undefined && isList(map) && map.every((pair) => isList(pair) && pair.length === 2)) {
    return `{${map.map((pair) => (pair as readonly Value[]).map(writeEdn).join(' ')).join(', ')}}`;
  }
  const tag = value['#tag'];
  if (size === 2 && typeof tag === 'string' && value['value'] !== undefined)
    return `#${tag} ${writeEdn(value['value'])}`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${ednText(key)} ${writeEdn(item)}`)
    .join(', ')}}`;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function ednNumber(value: number): string {
  if (Number.isNaN(value)) return '##NaN';
  if (!Number.isFinite(value)) return value > 0 ? '##Inf' : '##-Inf';
  if (Object.is(value, -0)) return '-0.0';
  // A plain integer above 2^53 would be read as an exact one.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return value.toExponential();
  return String(value);
}

function ednText(text: string): string {
  // JSON also escapes control characters as \u and four digits; of its other escapes EDN has all.
  return JSON.stringify(text);
}

/** A name as a keyword, where EDN allows it to be one. */
function keyword(name: string): string {
  return /^[A-Za-z*!_?$%&=<>+-][\w.*+!?$%&=<>/#'-]*$/.test(name) ? `:${name}` : ednText(name);
}

/** Steps of transactions as Elle wants them, names as keywords: `[[:append "x" 1] [:r "x" nil]]`. */
function valueOf({ f, value }: HistoryEvent): string {
  if (f !== 'txn' || !isList(value)) return writeEdn(value);
  const steps = value.map((step) => {
    if (!isList(step) || typeof step[0] !== 'string') return writeEdn(step);
    return `[${[keyword(step[0]), ...step.slice(1).map(writeEdn)].join(' ')}]`;
  });
  return `[${steps.join(' ')}]`;
}

/**
 * One event as Jepsen writes it, times in nanoseconds: a plain map, which every reader of EDN takes (`#jepsen.history.Op{…}` only one that
 * was told of it). `independent`: the key stands in the value, `[key value]`, else in a field of its own, `:key`.
 */
export function jepsenLine(event: HistoryEvent, independent = false): string {
  const fields = [
    `:index ${event.index}`,
    `:time ${BigInt(event.time) * BigInt(NS_PER_US)}`,
    ...commonFields(event, independent),
    ...(event.error === undefined ? [] : [`:error ${ednText(event.error)}`]),
    ...(event.node === undefined ? [] : [`:node ${ednText(event.node)}`]),
  ];
  return `{${fields.join(', ')}}`;
}

function commonFields(event: HistoryEvent, independent: boolean): string[] {
  const { type, process, f, key } = event;
  const pair = independent && key !== undefined && process !== 'nemesis';
  return [
    `:type :${type}`,
    `:process ${process === 'nemesis' ? ':nemesis' : process}`,
    `:f ${keyword(f)}`,
    ...(key === undefined || pair ? [] : [`:key ${writeEdn(key)}`]),
    `:value ${pair ? `[${writeEdn(key)} ${valueOf(event)}]` : valueOf(event)}`,
  ];
}

/**
 * A history as Jepsen writes it: one map a line, or all of them in one vector. Where each operation has a key, keys stand in the values,
 * `[key value]`, as in Jepsen's independent tests, if `readHistory` would recognise them there. `independent` says it for good.
 */
export function writeJepsen(
  history: History,
  layout: 'lines' | 'vector' = 'lines',
  independent: boolean = hasKeysAsIndependent(history),
): string {
  const lines = history.map((event) => jepsenLine(event, independent));
  return layout === 'lines' ? lines.map((line) => `${line}\n`).join('') : `[${lines.join('\n ')}]\n`;
}

/** A history as Porcupine's kv logs have it: no indices, no times, keys and values as texts, `get`, `put` and `append`. */
export function writePorcupineKv(history: History): string {
  const names = new Map([
    ['read', 'get'],
    ['write', 'put'],
  ]);
  const text = (value: Value): Value => (value === null || typeof value === 'string' ? value : writeEdn(value));
  const kept = history.filter(({ process }) => process !== 'nemesis');
  return kept
    .map((event) => {
      const { key, ...rest } = event;
      const named = { ...rest, f: names.get(event.f) ?? event.f, value: text(event.value) };
      const line = commonFields(key === undefined ? named : { ...named, key: text(key) }, false);
      return `{${[line[1], line[0], ...line.slice(2)].join(', ')}}\n`;
    })
    .join('');
}

/**
 * Are the values pairs of a key and a value, as Jepsen's independent tests write them? A read says so: elsewhere it is called with
 * nothing.
 */
export function looksIndependent(history: History): boolean {
  return allOperations(history, ({ key, value }) => key === undefined && isList(value) && value.length === 2);
}

/** Would `looksIndependent` know this history again, once its keys stand in its values? */
function hasKeysAsIndependent(history: History): boolean {
  return allOperations(history, ({ key }) => key !== undefined);
}

/** Is there a read, no transaction, and nothing but what is so? */
function allOperations(history: History, isSo: (event: HistoryEvent) => boolean): boolean {
  let read = false;
  for (const event of history) {
    if (event.process === 'nemesis') continue;
    if (event.f === 'txn' || !isSo(event)) return false;
    if (event.f === 'read' || event.f === 'r' || event.f === 'get') read = true;
  }
  return read;
}

/** Takes the pairs apart. */
export function withKeys(history: History): HistoryEvent[] {
  return history.map((event) => {
    if (event.process === 'nemesis') return event;
    const [key, value] = event.value as unknown as readonly [Value, Value];
    return { ...event, key, value };
  });
}

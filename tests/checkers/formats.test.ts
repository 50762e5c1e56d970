import { describe, expect, test, vi } from 'vitest';
import {
  detectFormat,
  FormatError,
  JsonlReader,
  linearizable,
  kvText,
  readHistory,
  valueFromJson,
  valueToJson,
  writeJepsen,
  writeJsonl,
  type ReadOptions,
} from '../../checkers/index.js';
import type { HistoryEvent, Value } from '../../engine/history.js';
import { randomHistory } from './random-history.js';

function fault(text: string, options?: ReadOptions): FormatError {
  try {
    readHistory(text, options);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error(`accepted ${text.slice(0, 200)}`);
}

const EVENTS: HistoryEvent[] = [
  {
    index: 0,
    time: 12,
    type: 'invoke',
    process: 0,
    f: 'write',
    key: 'x',
    value: { a: [1, null, true, 'ä\n"'] },
    node: 'n1',
  },
  { index: 1, time: 15, type: 'invoke', process: 'nemesis', f: 'partition', value: null },
  {
    index: 2,
    time: 20,
    type: 'info',
    process: 0,
    f: 'write',
    key: 'x',
    value: 9007199254740993n,
    error: 'timeout',
    node: 'n2',
  },
];

describe('our own format', () => {
  test('gives back what was written', () => {
    expect(readHistory(writeJsonl(EVENTS)).history).toEqual(EVENTS);
    const long = randomHistory(
      { operations: 300, processes: 5, keys: 3, names: ['read', 'write', 'cas'], values: 4, lost: 0.1 },
      1,
    );
    expect(readHistory(writeJsonl(long))).toMatchObject({ format: 'jsonl', history: long });
  });
  test('whatever the chunks', () => {
    const text = `\ufeff${writeJsonl(EVENTS).replaceAll('\n', '\r\n\n')}`;
    for (const size of [1, 2, 3, 7, 100, 10_000]) {
      const reader = new JsonlReader();
      const events: HistoryEvent[] = [];
      for (let at = 0; at < text.length; at += size) {
        for (const { event } of reader.push(text.slice(at, at + size))) events.push(event);
      }
      for (const { event } of reader.end()) events.push(event);
      expect(events).toEqual(EVENTS);
    }
  });
  test.each<[Value, string]>([
    [9007199254740993n, '{"#bigint":"9007199254740993"}'],
    [-0, '{"#float":"-0"}'],
    [1e300, '{"#float":"1e+300"}'],
    [{ '#bigint': 'mine' }, '{"#object":[["#bigint","mine"]]}'],
    [{ '#object': [1n] }, '{"#object":[["#object",[{"#bigint":"1"}]]]}'],
    [{ ['__proto__']: 1 }, '{"__proto__":1}'],
  ])('values are exact: %#', (value, text) => {
    expect(JSON.stringify(valueToJson(value))).toBe(text);
    expect(valueFromJson(JSON.parse(text))).toStrictEqual(value);
  });
  test.each([
    [
      '{"index":0,"time":0,"type":"invoke","process":0,"f":"read"}\n{"index":1,"time":1,"type":"okay","process":0,"f":"read"}',
      'bad-event',
      2,
      21,
    ],
    ['{"index":-1,"time":0,"type":"ok","process":0,"f":"read"}', 'bad-event', 1, 2],
    ['{"index":0,"time":0.5,"type":"ok","process":0,"f":"read"}', 'bad-event', 1, 12],
    ['{"index":0,"time":0,"type":"ok","proces":0,"f":"read"}', 'bad-event', 1, 33],
    ['{"index":0,"time":0,"type":"ok","process":0,"f":"read","value":9007199254740993}', 'bad-event', 1, 56],
    ['{"index":0,"time":0,"type":"ok","process":0,"f":"read","value":{"#bigint":"x"}}', 'bad-event', 1, 56],
    ['{"index":0,"time":0,"type":"ok","process":0,"f":"read",}', 'syntax', 1, 56],
    ['{"index":0,"time":0 "type":"ok"}', 'syntax', 1, 21],
    ['{"index":0,"time":0,"type":"o', 'truncated', 1, 30],
    ['{"index":0,\n"time":0}', 'truncated', 1, 12],
    ['{"index":01}', 'syntax', 1, 11],
    ['{"a":"\\q"}', 'syntax', 1, 7],
  ])('%s is refused at its place', (text, code, line, column) => {
    const error = fault(text, { format: 'jsonl', file: 'h.jsonl' });
    expect(error).toMatchObject({ code, line, column });
    expect(error.message).toMatch(new RegExp(`^h\\.jsonl:${line}:${column}: .* was expected$`));
    expect(error.hint).not.toBe('');
  });
  test('what is nested too deeply is refused', () => {
    const deep = `{"index":0,"time":0,"type":"ok","process":0,"f":"read","value":${'['.repeat(202)}${']'.repeat(202)}}`;
    expect(fault(deep)).toMatchObject({ code: 'bad-event', expected: expect.stringContaining('at most 200 levels') });
  });
  test('a misspelt field is suggested', () => {
    expect(fault('{"index":0,"time":0,"type":"ok","proces":0,"f":"read"}').hint).toBe('Is proces meant to be process?');
  });
});

describe("Jepsen's format", () => {
  const MAPS = [
    '{:index 0 :time 3291485317 :type :invoke :process 0 :f :write :value 1}',
    '{:index 1, :time 3291485999, :type :info, :process :nemesis, :f :start, :value #{"n1" :n2}}',
    '{:index 2 :time 3300000000 :type :info :process 0 :f :write :value 1 :error [:timeout "x"]}',
  ];
  const READ: HistoryEvent[] = [
    { index: 0, time: 3291485, type: 'invoke', process: 0, f: 'write', value: 1 },
    { index: 1, time: 3291485, type: 'info', process: 'nemesis', f: 'start', value: { '#set': ['n1', 'n2'] } },
    { index: 2, time: 3300000, type: 'info', process: 0, f: 'write', value: 1, error: '["timeout" "x"]' },
  ];
  test('a map a line, a vector of maps, or records', () => {
    for (const text of [
      MAPS.join('\n'),
      `[${MAPS.join('\n')}]`,
      MAPS.map((map) => `#jepsen.history.Op${map}`).join('\n'),
    ]) {
      expect(readHistory(text)).toMatchObject({ format: 'jepsen', history: READ });
    }
    expect([0, 1, 2].map(readHistory(`; a comment\n[${MAPS.join('\n\n')}]`).lineOf)).toEqual([2, 4, 6]);
  });
  test('gives back what was written', () => {
    const long = randomHistory(
      { operations: 300, processes: 5, keys: 3, names: ['read', 'write', 'cas'], values: 4, lost: 0.1 },
      1,
    );
    for (const history of [EVENTS, READ, long]) expect(readHistory(writeJepsen(history)).history).toEqual(history);
    const odd: Value[] = [
      { '#map': [[[1], 2]] },
      { '#tag': 'inst', value: '2020' },
      { '#set': [] },
      -0,
      1e300,
      0.1,
      -5n,
      'a\u2028"\\\u0001',
    ];
    const history = odd.map((value, i): HistoryEvent => ({
      index: i,
      time: 9_007_199_254_740_991,
      type: 'invoke',
      process: i,
      f: 'put it',
      value,
    }));
    // A small bigint comes back as a number: EDN has integers only.
    const back = history.map((event) => (event.value === -5n ? { ...event, value: -5 } : event));
    expect(readHistory(writeJepsen(history)).history).toEqual(back);
  });
  test('exact integers beyond 2^53, no index, no time, independent keys', () => {
    const text = '{:process 0, :type :invoke, :f :write, :value [9223372036854775807 "v"]}';
    expect(readHistory(text).history).toEqual([
      { index: 0, time: 0, type: 'invoke', process: 0, f: 'write', value: [9223372036854775807n, 'v'] },
    ]);
    expect(readHistory(text, { independent: true }).history).toMatchObject([{ key: 9223372036854775807n, value: 'v' }]);
  });
  test.each([
    ['{:index 0 :type :invoke :process 0}', 'bad-event', 1, 1, 'a map with :f'],
    ['{:type :invoke :process 0 :f :read}\n{:type :done :process 0 :f :read}', 'bad-event', 2, 8, ':invoke, :ok'],
    ['{:type :ok :process -1 :f :read}', 'bad-event', 1, 21, 'an integer from 0'],
    ['{:type :ok :process 1 :f :read :time "now"}', 'bad-event', 1, 38, 'nanoseconds'],
    ['[{:type :ok :process 1 :f :read} 7]', 'bad-event', 1, 34, 'a map with :type'],
    ['{:type :ok :proces 1 :f :read}', 'bad-event', 1, 1, ':process'],
  ])('%s is refused at its place', (text, code, line, column, expected) => {
    const error = fault(text);
    expect(error).toMatchObject({ code, line, column });
    expect(error.expected).toContain(expected);
  });
});

test('a vector in one line is looked through once, however many events it has', () => {
  const event = '{:type :invoke, :process 0, :f :read, :value nil}';
  const looks = (events: number): number => {
    const indexOf = vi.spyOn(String.prototype, 'indexOf');
    try {
      expect(readHistory(`[${`${event} `.repeat(events)}]`).history).toHaveLength(events);
      return indexOf.mock.calls.length;
    } finally {
      indexOf.mockRestore();
    }
  };
  expect(looks(100)).toBe(looks(1));
});

describe("Porcupine's logs", () => {
  test('of etcd', () => {
    const text = [
      '1\t:invoke\t:cas\t[4 3]',
      '1\t:fail\t:cas\t[4 3]',
      '2\t:invoke\t:write\t1',
      '2\t:info\t:write\t:timed-out',
      '3\t:invoke\t:read\tnil',
    ]
      .map((rest) => `INFO  jepsen.util - ${rest}\n`)
      .join('');
    expect(readHistory(text)).toMatchObject({
      format: 'etcd-log',
      history: [
        { index: 0, type: 'invoke', process: 1, f: 'cas', value: [4, 3] },
        { type: 'fail', f: 'cas', value: [4, 3], error: 'mismatch' },
        { type: 'invoke', process: 2, f: 'write', value: 1 },
        { index: 3, time: 3, type: 'info', f: 'write', value: null, error: 'timed-out' },
        { type: 'invoke', process: 3, f: 'read', value: null },
      ],
    });
    expect(fault(`${text}INFO  jepsen.util - 3 :done :read nil`)).toMatchObject({ code: 'syntax', line: 6, column: 1 });
    expect(fault(`${text}INFO  jepsen.util - 3 :ok :read x1`)).toMatchObject({ code: 'syntax', line: 6, value: 'x1' });
  });
  test('of a key-value store', () => {
    const text = [
      '{:process 0, :type :invoke, :f :append, :key "0", :value "x 0 0 y"}',
      '{:process 0, :type :ok, :f :append, :key "0", :value "x 0 0 y"}',
      '{:process 1, :type :invoke, :f :get, :key "0", :value nil}',
      '{:process 1, :type :ok, :f :get, :key "0", :value ""}',
    ].join('\n');
    const { history, format } = readHistory(text);
    expect(format).toBe('jepsen');
    expect(linearizable(history, kvText).verdict).toBe('violation');
  });
});

describe('recognising a format', () => {
  test.each([
    ['{"index":0}', 'jsonl'],
    ['\ufeff\n { "index" : 0 }', 'jsonl'],
    ['{:type :ok}', 'jepsen'],
    ['; c\n[\n{:type :ok}]', 'jepsen'],
    ['#jepsen.history.Op{:a 1}', 'jepsen'],
    ['INFO  jepsen.util - 1', 'etcd-log'],
  ])('%j', (text, format) => {
    expect(detectFormat(text)).toBe(format);
  });
  test('or saying what it is not', () => {
    expect(fault('').code).toBe('empty');
    expect(fault('[]').code).toBe('empty');
    expect(fault('{:type [1)}').hint).toBe('Closes what was opened in line 1, column 8.');
    expect(fault(' \n\n ').code).toBe('empty');
    expect(fault('\n  PK\u0003\u0004')).toMatchObject({
      code: 'unknown-format',
      line: 2,
      column: 3,
      value: 'PK\\u0003\\u0004',
    });
    expect(fault('[{"index":0}]').hint).toContain('without the brackets');
    expect(fault('0\t:invoke\t:read\tnil\n').hint).toContain('history.txt is for people');
    expect(fault('JEPSEN\u0000\u0000\u0000\u0001').hint).toContain('test.jepsen is for Jepsen');
    expect(fault('{}', { format: 'jsonn' as never })).toMatchObject({
      code: 'unknown-format',
      hint: 'Did you mean jsonl?',
    });
  });
});

describe('200 MB in one line', () => {
  const MB = 1024 * 1024;
  test.each<[string, () => string, ReadOptions, string]>([
    ['of JSON', () => `{"index":0,"value":"${'x'.repeat(200 * MB)}`, {}, 'line-too-long'],
    ['of EDN', () => `{:type "${'x'.repeat(200 * MB)}`, {}, 'token-too-long'],
    ['of a log', () => `INFO  ${'x'.repeat(200 * MB)}`, {}, 'line-too-long'],
    ['of nothing known', () => 'x'.repeat(200 * MB), {}, 'unknown-format'],
    ['of values', () => `{:type [${'1 '.repeat(100 * MB)}`, {}, 'too-many-values'],
  ])('%s gives one error', (_name, text, options, code) => {
    const error = fault(text(), options);
    expect(error).toMatchObject({ code, line: 1 });
    expect(error.message.length).toBeLessThan(300);
  });
});

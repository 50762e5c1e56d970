import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  consistency,
  kv,
  linearizable,
  readHistory,
  transactions,
  writeEtcdLog,
  writeJepsen,
  writePorcupineKv,
} from '../../checkers/index.js';
import { writeEdn } from '../../checkers/formats/jepsen.js';
import type { HistoryEvent, Value } from '../../engine/history.js';
import { randomHistory } from './random-history.js';
import { simulate } from './transactions-stores.js';

const counted = (history: readonly HistoryEvent[]): HistoryEvent[] =>
  history.map((event, time) => ({ ...event, time }));

const FIELDS_OF_ALL_KINDS = [
  '{:type :invoke, :process 3, :f :read, :value nil, :time 1000, :index 0}',
  '{:type :ok, :process 3, :f :read, :value #{9223372036854775807 -1}, :time 2000, :index 1}',
  '{:type :info, :process :nemesis, :f :start, :value [:isolated {"n1" 1/2}], :time 3000, :index 2}',
  '{:type :info, :process 7, :f :close, :value #object[java.net.Socket 0x7d "closed"], :error [:unavailable nil], :time 4000, :index 3}',
];

describe("Jepsen's EDN", () => {
  test('in a vector, as in lines', () => {
    const history = randomHistory(
      { operations: 30, processes: 3, names: ['read', 'write', 'cas'], values: 3, keys: 2, lost: 0.2 },
      1,
    );
    expect(readHistory(writeJepsen(history, 'vector')).history).toEqual(history);
    expect(writeJepsen(history, 'vector')).toMatch(/^\[\{:index 0, .*\}\]\n$/s);
  });
  test('transactions as Elle has them: names of steps are keywords', () => {
    const history = simulate({
      kind: 'list-append',
      mode: 'snapshots',
      seed: 4,
      processes: 4,
      transactions: 30,
      keys: 3,
      stepsMax: 4,
      unanswered: 1,
    });
    const text = writeJepsen(history);
    expect(text).toMatch(/:f :txn, :value \[\[:(append|r) "/);
    expect(readHistory(text).history).toEqual(history);
    expect(transactions(readHistory(text).history)).toEqual(transactions(history));
  });
  test('sets, maps with other keys and tagged values are written as such', () => {
    expect(
      [{ '#set': [1, 'a'] }, { '#map': [[[1], 2]] }, { '#tag': 'inst', value: '2020' }, 1e20].map(writeEdn),
    ).toEqual(['#{1 "a"}', '{[1] 2}', '#inst "2020"', '1e+20']);
  });
  test('an index is kept, a time that is missing is counted, a nemesis needs no name', () => {
    const { history } = readHistory(`{:index 7 :type :info :process :nemesis :value [:isolated "n1"]}
{:index 9 :type :invoke :process 0 :f :read :value nil}`);
    expect(history).toEqual([
      { index: 7, time: 0, type: 'info', process: 'nemesis', f: 'nemesis', value: ['isolated', 'n1'] },
      { index: 9, time: 1, type: 'invoke', process: 0, f: 'read', value: null },
    ]);
    expect(readHistory(writeJepsen(history)).history).toEqual(history);
  });
  test('any value in the place of a step', () => {
    const step = fc.oneof(fc.integer(), fc.string(), fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(step), (value) => {
        const event: HistoryEvent = { index: 0, time: 0, type: 'invoke', process: 0, f: 'txn', value: value as Value };
        expect(readHistory(writeJepsen([event])).history).toEqual([event]);
      }),
    );
  });
  test.each<[string, (lines: readonly string[]) => string]>([
    ['without a line end at the last', (lines) => lines.join('\n')],
    ['with line ends of Windows and a byte order mark', (lines) => `\ufeff${lines.join('\r\n')}\r\n`],
    ['in a list, in one line', (lines) => `(${lines.join(' ')})`],
    ['in several vectors', (lines) => lines.map((line) => `[${line}]`).join('\n')],
    ['as records', (lines) => lines.map((line) => `#jepsen.history.Op${line}`).join(',\n; so far\n')],
  ])('the same history %s', (_how, text) => {
    const { history } = readHistory(text(FIELDS_OF_ALL_KINDS));
    expect(history.map(({ value }) => value)).toEqual([
      null,
      { '#set': [9223372036854775807n, -1] },
      ['isolated', { n1: '1/2' }],
      { '#tag': 'object', value: ['java.net.Socket', 125, 'closed'] },
    ]);
    expect(history.map(({ process, error }) => [process, error])).toEqual([
      [3, undefined],
      [3, undefined],
      ['nemesis', undefined],
      [7, '["unavailable" nil]'],
    ]);
    expect(readHistory(writeJepsen(history)).history).toEqual(history);
  });
  test('pairs of independent tests are recognised by their reads, and by nothing else', () => {
    const pairs = `{:type :invoke, :process 0, :f :write, :value [7 1]}
{:type :ok, :process 0, :f :write, :value [7 1]}
{:type :invoke, :process 0, :f :read, :value [7 nil]}
{:type :ok, :process 0, :f :read, :value [7 1]}
{:type :info, :process :nemesis, :f :start, :value [1 2]}`;
    const { history, takenForPairs } = readHistory(pairs);
    expect([takenForPairs, readHistory(pairs, { independent: true }).takenForPairs]).toEqual([true, false]);
    expect(history.map(({ key }) => key)).toEqual([7, 7, 7, 7, undefined]);
    expect(linearizable(history, kv).verdict).toBe('ok');
    expect(readHistory(pairs, { independent: false }).history[0]?.value).toEqual([7, 1]);
    // Writes of pairs to one register: its reads are called with nothing.
    const whole = readHistory(pairs.replace('[7 nil]', 'nil'));
    expect(whole.history[0]).toMatchObject({ value: [7, 1] });
    // One operation that is about no pair tells that none is.
    const mixed = readHistory(
      pairs.replace('{:type :info', '{:type :invoke, :process 1, :f :add, :value 3}\n{:type :info'),
    );
    expect(mixed.history[0]?.key).toBeUndefined();
    const writesOnly = readHistory(pairs.split('\n').slice(0, 2).join('\n'));
    expect(writesOnly.history[0]?.key).toBeUndefined();
  });
  test('pairs of independent tests are written as pairs again', () => {
    const text = `{:index 0, :time 0, :type :invoke, :process 0, :f :cas, :value [7 [1 2]]}
{:index 1, :time 1000, :type :info, :process :nemesis, :f :start, :value nil}
{:index 2, :time 2000, :type :info, :process 0, :f :cas, :value [7 [1 2]], :error "timed out"}
{:index 3, :time 3000, :type :invoke, :process 1, :f :read, :value ["x" nil]}
{:index 4, :time 4000, :type :ok, :process 1, :f :read, :value ["x" 1]}
`;
    expect(writeJepsen(readHistory(text).history)).toBe(text);
  });
  test('of operations as records, plain maps are written', () => {
    const text = '{:index 0, :time 0, :type :invoke, :process 0, :f :read, :value [7 nil]}\n';
    expect(writeJepsen(readHistory(`#jepsen.history.Op${text}`).history)).toBe(text);
  });
  test('keys are kept through a file, in values or beside them', () => {
    const value = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.tuple(fc.integer(), fc.integer()));
    const operation = fc.record({
      type: fc.constantFrom('invoke', 'ok', 'fail', 'info'),
      process: fc.oneof(fc.nat(3), fc.constant('nemesis')),
      f: fc.constantFrom('read', 'write', 'cas'),
      key: fc.oneof({ weight: 20, arbitrary: fc.integer() }, { weight: 20, arbitrary: fc.string() }, fc.constant(null)),
      value,
    });
    let inValues = 0;
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1 }), fc.option(fc.nat(30)), (operations, bare) => {
        const history = operations.map(({ key, ...rest }, at) => ({
          ...rest,
          index: at,
          time: at,
          // At most one operation without a key, of a value that is no pair.
          ...(at === bare ? { value: 0 } : rest.process !== 'nemesis' && { key }),
        })) as HistoryEvent[];
        const text = writeJepsen(history);
        if (!text.includes(':key')) inValues++;
        expect(readHistory(text).history).toEqual(history);
        // What was read from pairs is written as pairs: nothing drifts.
        expect(writeJepsen(readHistory(text).history)).toBe(text);
      }),
    );
    expect(inValues).toBeGreaterThan(10);
  });
  test('transactions on keys: pairs where both sides say so', () => {
    const event: HistoryEvent = {
      index: 0,
      time: 0,
      type: 'invoke',
      process: 0,
      f: 'txn',
      key: 7,
      value: [['r', 1, null]],
    };
    const text = writeJepsen([event], 'lines', true);
    expect(text).toContain(':value [7 [[:r 1 nil]]]');
    expect(readHistory(text, { independent: true }).history).toEqual([event]);
    expect(readHistory(writeJepsen([event])).history).toEqual([event]);
  });
});

describe("Porcupine's logs", () => {
  test('of its key-value store: what is written reads the same, in texts', () => {
    const history = counted(
      randomHistory({ operations: 40, processes: 4, names: ['read', 'append'], values: 3, keys: 2 }, 2),
    );
    const text = writePorcupineKv(history);
    expect(text.split('\n')[0]).toMatch(
      /^\{:process \d+, :type :invoke, :f :(get|append), :key "k\d", :value (nil|".*")\}$/,
    );
    const names = { read: 'get', append: 'append' } as Record<string, string>;
    expect(readHistory(text).history).toEqual(history.map((event) => ({ ...event, f: names[event.f] })));
  });
  test('of its key-value store: no nemesis, and numbers as texts', () => {
    const write: HistoryEvent = { index: 1, time: 1, type: 'invoke', process: 0, f: 'write', key: 3, value: 4 };
    const nemesis: HistoryEvent = { index: 0, time: 0, type: 'info', process: 'nemesis', f: 'start', value: null };
    expect(writePorcupineKv([nemesis, write])).toBe('{:process 0, :type :invoke, :f :put, :key "3", :value "4"}\n');
  });
  test('of the etcd test: a nemesis, and lines that end as on Windows', () => {
    const nemesis: HistoryEvent = { index: 0, time: 0, type: 'info', process: 'nemesis', f: 'start', value: 'cut n1' };
    const text = `${writeEtcdLog([nemesis])}INFO  jepsen.util - 1\t:invoke\t:write\t4\n`;
    for (const given of [text, text.replaceAll('\n', '\r\n')])
      expect(readHistory(given).history.map(({ process, value }) => [process, value])).toEqual([
        ['nemesis', 'cut n1'],
        [1, 4],
      ]);
  });
  test('of the etcd test: one register of integers', () => {
    const history = counted(
      randomHistory({ operations: 60, processes: 4, names: ['read', 'write', 'cas'], values: 3, lost: 0.2 }, 3),
    );
    const read = readHistory(writeEtcdLog(history), { format: 'etcd-log' }).history;
    const known = (event: HistoryEvent): HistoryEvent => (event.type === 'info' ? { ...event, value: null } : event);
    expect(read).toEqual(history.map(known));
    expect(() => writeEtcdLog(history.map((event) => ({ ...event, key: 'x' })))).toThrow(/event 0 has a key/);
    expect(() => writeEtcdLog([{ ...history[0]!, value: 'text' }])).toThrow(
      /event 0 has a value that this log cannot say/,
    );
  });
});

test('a verdict does not depend on the format that a history went through', () => {
  for (let seed = 0; seed < 50; seed++) {
    const history = randomHistory(
      { operations: 12, processes: 3, names: ['read', 'write'], values: 0, keys: 2, lies: 0.1 },
      seed,
    );
    const levels = (given: readonly HistoryEvent[]): string[] =>
      consistency(given, kv, { evidence: false }).levels.map(({ verdict }) => verdict);
    const through = readHistory(writeJepsen(history, seed % 2 === 0 ? 'lines' : 'vector')).history;
    expect(levels(through)).toEqual(levels(history));
  }
});

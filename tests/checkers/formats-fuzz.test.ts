import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  FormatError,
  HistoryError,
  kv,
  linearizable,
  readHistory,
  writeJepsen,
  writeJsonl,
  type HistoryFormat,
} from '../../checkers/index.js';
import type { HistoryEvent, Value } from '../../engine/history.js';
import { randomHistory } from './random-history.js';

const value = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true }),
    // Small integers have no bigint of their own in EDN.
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { maxKeys: 4 }),
  ),
})).value;

const event = fc.record<HistoryEvent>(
  {
    index: fc.nat(),
    time: fc.maxSafeInteger(),
    type: fc.constantFrom('invoke', 'ok', 'fail', 'info'),
    process: fc.oneof(fc.nat(), fc.constant('nemesis' as const)),
    f: fc.string({ minLength: 1, unit: 'grapheme' }),
    key: value,
    value,
    error: fc.string({ minLength: 1 }),
    node: fc.string({ minLength: 1 }),
  },
  { requiredKeys: ['index', 'time', 'type', 'process', 'f', 'value'] },
);

const events = fc.array(event, { minLength: 1, maxLength: 5 });

describe('what is written can be read', () => {
  test('JSON lines, exactly', () => {
    fc.assert(
      fc.property(events, (history) => {
        expect(readHistory(writeJsonl(history), { format: 'jsonl' }).history).toEqual(history);
      }),
    );
  });
  test('EDN, exactly', () => {
    fc.assert(
      fc.property(events, (history) => {
        expect(readHistory(writeJepsen(history), { format: 'jepsen' }).history).toEqual(history);
      }),
    );
  });
});

/** Whatever stands in a file, reading gives a history or a FormatError with a place. */
function survives(text: string, format: HistoryFormat | 'auto'): 'read' | 'refused' {
  try {
    const { history } = readHistory(text, { format });
    expect(history.length).toBeGreaterThan(0);
    try {
      linearizable(history, kv, { budget: { steps: 10_000 } });
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
    }
    return 'read';
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    expect(error.line).toBeGreaterThan(0);
    expect(error.column).toBeGreaterThan(0);
    expect(error.expected).not.toBe('');
    expect(error.hint).not.toBe('');
    return 'refused';
  }
}

const SHAPE = { operations: 6, processes: 3, keys: 2, names: ['read', 'write', 'cas'], values: 3, lost: 0.2 } as const;
const ETCD = 'INFO  jepsen.util - 1\t:invoke\t:cas\t[4 3]\nINFO  jepsen.util - 1\t:info\t:cas\t:timed-out\n';
const NASTY = [
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '"',
  '\\',
  '#',
  '#_',
  ':',
  ';',
  ',',
  '\n',
  '\u0000',
  '\ud800',
  '9'.repeat(30),
  'nil',
  '-',
  '1e999',
  '#{',
  '^',
  'null',
  '😀',
];

describe('damaged files', () => {
  const formats = ['auto', 'jsonl', 'jepsen', 'etcd-log'] as const;
  const mutated = fc
    .record({
      seed: fc.nat(1_000),
      writer: fc.constantFrom(writeJsonl, writeJepsen, () => ETCD),
      edits: fc.array(
        fc.record({ at: fc.nat(), cut: fc.nat(12), insert: fc.oneof(fc.constantFrom(...NASTY), fc.constant('')) }),
        { maxLength: 4 },
      ),
      end: fc.option(fc.nat(), { freq: 3 }),
    })
    .map(({ seed, writer, edits, end }) => {
      let text = writer(randomHistory(SHAPE, seed));
      for (const { at, cut, insert } of edits) {
        const place = at % (text.length + 1);
        text = text.slice(0, place) + insert + text.slice(place + cut);
      }
      return end === null ? text : text.slice(0, end % (text.length + 1));
    });

  test('mutated and cut off', () => {
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(mutated, fc.constantFrom(...formats), (text, format) => {
        seen[survives(text, format)]++;
      }),
      { numRuns: 2_000 },
    );
    expect(seen.read).toBeGreaterThan(50);
    expect(seen.refused).toBeGreaterThan(500);
  });
  test('random text and bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => new TextDecoder().decode(array));
    const soup = fc
      .array(fc.constantFrom(...NASTY, '{:type :ok', ' ', '1'), { maxLength: 30 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(bytes, soup, fc.string({ unit: 'binary' })), fc.constantFrom(...formats), (text, format) => {
        survives(text, format);
      }),
      { numRuns: 2_000 },
    );
  });
});

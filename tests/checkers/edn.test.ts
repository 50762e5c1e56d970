import { describe, expect, test } from 'vitest';
import { EDN_LIMITS, EdnReader, type Edn } from '../../checkers/formats/edn.js';
import { FormatError } from '../../checkers/index.js';

function read(text: string): Edn[] {
  return [...new EdnReader(text).forms()].map(({ form }) => form);
}

function fault(text: string, limits = EDN_LIMITS): string {
  try {
    const forms = [...new EdnReader(text, limits).forms()];
    return `no error, ${forms.length} forms`;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return `${error.code} ${error.line}:${error.column} ${error.value} | ${error.expected}`;
  }
}

const keyword = (name: string): Edn => ({ kind: 'keyword', name });

describe('EDN', () => {
  test('integers are exact: bigints beyond 2^53 only', () => {
    expect(read('0 -7 +7 9007199254740991 9007199254740992 -9223372036854775808 3N 0.5 1e3 2.50M -0')).toEqual([
      0,
      -7,
      7,
      9007199254740991,
      9007199254740992n,
      -9223372036854775808n,
      3,
      0.5,
      1000,
      2.5,
      0,
    ]);
  });
  test('what Clojure writes beside: ratios, which are kept as they stand, and hexadecimal integers', () => {
    expect(read('1/2 -3/4')).toEqual(['1/2', '-3/4'].map((name) => ({ kind: 'ratio', name })));
    expect(read('0x1F -0x10 0xFFFFFFFFFFFFFFFF 0xaN')).toEqual([31, -16, 18446744073709551615n, 10]);
  });
  test('keys of large maps are told apart, too', () => {
    const pairs = Array.from({ length: 40 }, (_, i) => `:k${i} ${i}`).join(' ');
    expect(read(`{${pairs}}`)).toMatchObject([{ entries: { length: 40 } }]);
    expect(fault(`{${pairs} :k0 0}`)).toContain('each key once');
    expect(fault(`{${pairs} :k39 0}`)).toContain('each key once');
  });
  test('texts with escapes, characters, names', () => {
    expect(read('"a\\"b\\\\c\\n\\t\\u00e4" "" "two\nlines"')).toEqual(['a"b\\c\n\tä', '', 'two\nlines']);
    expect(read('\\a \\newline \\u00e4 \\( x/y nil true false :a :a.b/c-d!')).toEqual([
      { kind: 'character', name: 'a' },
      { kind: 'character', name: '\n' },
      { kind: 'character', name: 'ä' },
      { kind: 'character', name: '(' },
      { kind: 'symbol', name: 'x/y' },
      null,
      true,
      false,
      keyword('a'),
      keyword('a.b/c-d!'),
    ]);
  });
  test('nested collections, sets, tags', () => {
    expect(read('{:a [1 (2) #{3}], :b #inst "2020"}')).toEqual([
      {
        kind: 'map',
        entries: [
          {
            key: keyword('a'),
            value: { kind: 'vector', items: [1, { kind: 'list', items: [2] }, { kind: 'set', items: [3] }] },
            at: 4,
          },
          { key: keyword('b'), value: { kind: 'tagged', tag: 'inst', value: '2020' }, at: 21 },
        ],
      },
    ]);
  });
  test('several forms at the top; a vector there gives its items; comments, commas and discarded forms go', () => {
    expect(read('1 ; one\n, 2')).toEqual([1, 2]);
    expect(read('[1 2] (3) [] 4')).toEqual([1, 2, 3, 4]);
    expect(read('#_ 1 2 #_ #_ 3 4 5 [6 #_ 7] #_ {:a 1}')).toEqual([2, 5, 6]);
    expect(read('{:a #_ 1 2 #_ :b}')).toEqual([{ kind: 'map', entries: [{ key: keyword('a'), value: 2, at: 9 }] }]);
    expect(read('')).toEqual([]);
    expect(read('\ufeff; nothing')).toEqual([]);
  });
  test.each([
    ['{:a 1\n :b', 'truncated 2:4 '],
    ['[1 2', 'truncated 1:5 '],
    ['"abc', 'truncated 1:5 '],
    ['{:a 1]', 'syntax 1:6 ]'],
    ['1 )', 'syntax 1:3 )'],
    ['{:a}', 'syntax 1:4 }'],
    ['{:a 1\n:a 2}', 'syntax 2:1 :a'],
    ['1/0', 'syntax 1:1 1/0'],
    ['012', 'syntax 1:1 012'],
    ['1a', 'syntax 1:1 1a'],
    ['"a\\x"', 'syntax 1:3 \\x'],
    ['\\abc', 'syntax 1:1 \\abc'],
    ['^{:m 1} x', 'syntax 1:1 ^'],
    ['@x', 'syntax 1:1 @x'],
    [':', 'syntax 1:1 :'],
    ['\n\n  \u0001\u0002', 'syntax 3:3 \\u0001\\u0002'],
    ['#_', 'truncated 1:3 '],
    ['#', 'syntax 1:1 #'],
    ['#foo', 'truncated 1:5 '],
    ['\\', 'truncated 1:2 '],
  ])('%j is refused where it goes wrong', (text, expected) => {
    expect(fault(text)).toContain(expected);
  });
  test('limits: one error, not an exhausted machine', () => {
    expect(fault('['.repeat(1_000_000))).toMatch(/^too-deep 1:10\d /);
    expect(fault('#_'.repeat(1_000_000))).toMatch(/^too-deep 1:/);
    expect(fault('#a '.repeat(1_000_000))).toMatch(/^too-deep 1:/);
    expect(fault('{:a '.repeat(1_000_000))).toMatch(/^too-deep 1:/);
    expect(fault(`"${'x'.repeat(2_000_000)}"`)).toMatch(/^token-too-long 1:1 /);
    expect(fault('7'.repeat(2_000_000))).toMatch(/^token-too-long 1:1 /);
    expect(fault(`#${'t'.repeat(2_000_000)}`)).toMatch(/^token-too-long 1:1 /);
    expect(fault(`{:a [${'1 '.repeat(2_000_000)}]}`)).toMatch(/^too-many-values 1:/);
  });
});

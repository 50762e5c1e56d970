import { describe, expect, test } from 'vitest';
import { formatVerdict, kv, linearizable, register, valueToJson, type AnyModel } from '../../checkers/index.js';
import type { HistoryEvent, Value } from '../../engine/history.js';

type Step = [at: number, process: number, type: HistoryEvent['type'], f: string, value: Value, node?: string];

function history(steps: readonly Step[], key?: string): HistoryEvent[] {
  return steps.map(([at, process, type, f, value, node], index) => ({
    index,
    time: at * 1_000,
    type,
    process,
    f,
    ...(key !== undefined && { key }),
    value,
    ...(node !== undefined && { node }),
  }));
}

function printed(events: HistoryEvent[], model: AnyModel): string {
  return `\n${formatVerdict(linearizable(events, model, { evidence: true }))}\n`;
}

describe('a verdict as a person reads it', () => {
  const stale: Step[] = [
    [100, 0, 'invoke', 'write', 1, 'n1'],
    [200, 0, 'ok', 'write', 1, 'n1'],
    [300, 0, 'invoke', 'write', 7, 'n1'],
    [310, 1, 'invoke', 'read', null, 'n3'],
    [400, 0, 'fail', 'write', 7, 'n1'],
    [410, 1, 'ok', 'read', 1, 'n3'],
    [1_002, 0, 'invoke', 'write', 2, 'n1'],
    [1_204, 0, 'ok', 'write', 2, 'n1'],
    [1_250, 1, 'invoke', 'read', null, 'n3'],
    [1_290, 1, 'ok', 'read', 1, 'n3'],
  ];

  test('a stale read', () => {
    expect(printed(history(stale, 'x'), kv)).toMatchInlineSnapshot(`
      "
      ✗ not linearizable (key x)   4 operations, model kv
          n1 |— write x=1 ok —|
          n1                   |— write x=2 ok —|
          n3                                     |— read x → 1 —|      returned after write x=2 was acknowledged at 1.204 s
        the longest order that fits: write x=1, write x=2; then the state is 2
        3 of 4 operations: already not linearizable without the others
      "
    `);
  });

  test('what was seen to change back', () => {
    const events = history([
      [1, 0, 'invoke', 'write', 1],
      [2, 0, 'ok', 'write', 1],
      [3, 0, 'invoke', 'write', 2],
      [4, 1, 'invoke', 'read', null],
      [5, 1, 'ok', 'read', 2],
      [6, 1, 'invoke', 'read', null],
      [7, 1, 'ok', 'read', 1],
    ]);
    expect(printed(events, register)).toMatchInlineSnapshot(`
      "
      ✗ not linearizable   4 operations, model register
          p0 |— write=1 ok —|
          p0                 |———————— write=2 ? ————————…
          p1                  |— read → 2 —|
          p1                                |— read → 1 —|      was called after read → 2 returned at 0.005 s
        the longest order that fits: write=1, write=2, read → 2; then the state is 2
        all 4 operations
      "
    `);
  });

  test('values from nowhere, from failed writes, from the future', () => {
    const why = (steps: Step[]): string | undefined =>
      linearizable(history(steps), register, { evidence: true }).keys[0]?.evidence?.why;
    const read = (at: number, value: Value): Step[] => [
      [at, 9, 'invoke', 'read', null],
      [at + 1, 9, 'ok', 'read', value],
    ];
    expect(why(read(1, 5))).toBe('saw 5, which nobody wrote');
    expect(why([[1, 0, 'invoke', 'write', 5], [2, 0, 'fail', 'write', 5], ...read(3, 5)])).toBe(
      'saw 5, which only write=5 wrote, and that failed',
    );
    expect(why([...read(1, 5), [30, 0, 'invoke', 'write', 5], [40, 0, 'ok', 'write', 5]])).toBe(
      'returned before write=5 was called at 0.030 s',
    );
  });

  test('wide drawings put the names beside the bars; colours; ok and undecided', () => {
    const many: Step[] = Array.from({ length: 6 }, (_, i): Step[] => [
      [10 * i, 0, 'invoke', 'append', `part ${i} `],
      [10 * i + 5, 0, 'ok', 'append', `part ${i} `],
    ]).flat();
    const events = history([...many, [90, 1, 'invoke', 'read', null], [95, 1, 'ok', 'read', 'part 0 part 1 ']], 'x');
    expect(printed(events, kv)).toMatchInlineSnapshot(`
      "
      ✗ not linearizable (key x)   7 operations, model kv
          p0 |— append x "part 2 " ok —|
          p1                            |— read x → "part 0 part 1 " —|      returned without append x "part 2 ", acknowledged at 0.025 s
        the longest order that fits: append x "part 0 ", append x "part 1 ", append x "part 2 ", append x "part 3 ", append x "part 4 ", append x "part 5 "; then the state is "part 0 part 1 part 2 part 3 part 4 part 5 "   (and 2 more such orders)
        2 of 7 operations, and 5 as if never answered: already not linearizable without the others
      "
    `);
    const result = linearizable(events, kv, { evidence: true });
    expect(formatVerdict(result, { colour: true })).toContain('\u001b[31m✗\u001b[0m');
    expect(formatVerdict(linearizable(events.slice(0, 4), kv))).toBe('✓ linearizable   2 operations, model kv');
    expect(formatVerdict(linearizable(events, kv, { budget: { steps: 0 } }))).toMatchInlineSnapshot(`
      "? undecided: the budget of steps ended after 0 steps and 0.0 MB   7 operations, model kv
          key x: the first 0 of 7 operations to return can be ordered; the rest is open"
    `);
  });

  test('evidence is plain data', () => {
    const evidence = linearizable(history(stale, 'x'), kv, { evidence: true }).keys[0]?.evidence;
    expect(JSON.parse(JSON.stringify(valueToJson(evidence as unknown as Value)))).toEqual(evidence);
    expect(evidence).toMatchObject({ fitsNowhere: 8, cut: 9, minimal: true, longest: [{ order: [0, 6], state: '2' }] });
    expect(evidence?.part.map((operation) => [operation.id, operation.text, operation.outcome])).toEqual([
      [0, 'write x=1', 'ok'],
      [6, 'write x=2', 'ok'],
      [8, 'read x → 1', 'ok'],
    ]);
  });
});

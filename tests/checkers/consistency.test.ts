import { describe, expect, test } from 'vitest';
import type { HistoryEvent, Value } from '../../engine/history.js';
import {
  casRegister,
  consistency,
  formatConsistency,
  kvText,
  HistoryError,
  kv,
  UnknownConsistencyError,
  type ConsistencyLevel,
  type ConsistencyOptions,
} from '../../checkers/index.js';

type Step = readonly [process: number, text: string, more?: Partial<HistoryEvent>];

/** `w x 1`, `r x 1` and `r x` (the initial value): one after the other, each answered at once. */
function history(...steps: readonly Step[]): HistoryEvent[] {
  return steps.flatMap(([process, text, more], i) => {
    const [f, key, value] = text.split(' ') as [string, string, string | undefined];
    const read: Value = value === undefined ? null : Number(value);
    const common = { time: 1000 * i, process, f: f === 'w' ? 'write' : 'read', key, ...more };
    return [
      { ...common, index: 2 * i, type: 'invoke' as const, value: f === 'w' ? read : null },
      { ...common, index: 2 * i + 1, type: 'ok' as const, value: read },
    ];
  });
}

function broken(given: HistoryEvent[], options: ConsistencyOptions = {}): string[] {
  return consistency(given, kv, options)
    .levels.filter(({ verdict }) => verdict === 'violation')
    .map(({ level }) => level);
}

function patternOf(given: HistoryEvent[], level: ConsistencyLevel): string | undefined {
  return consistency(given, kv, { levels: [level] }).levels[0]?.evidence?.pattern;
}

// The histories of Bouajjani et al., POPL 2017, Figure 3, and one for each bad pattern of Table 1.
describe('causal consistency, as in the paper', () => {
  test('(a) is CM but not CCv: two clients see two writes in opposite orders', () => {
    const a = history([1, 'w x 1'], [2, 'w x 2'], [1, 'r x 2'], [2, 'r x 1']);
    expect(broken(a)).not.toContain('causal-memory');
    expect(patternOf(a, 'causal-convergence')).toBe('CyclicCF');
  });
  test('(b) is CCv but not CM: a client goes back behind what it had seen', () => {
    const b = history([1, 'w z 1'], [1, 'w x 1'], [1, 'w y 1'], [2, 'w x 2'], [2, 'r z'], [2, 'r y 1'], [2, 'r x 2']);
    expect(broken(b)).not.toContain('causal-convergence');
    expect(patternOf(b, 'causal-memory')).toBe('WriteHBInitRead');
  });
  test('(c) is CC but neither CM nor CCv: one client sees two writes in both orders', () => {
    const c = history([1, 'w x 1'], [2, 'w x 2'], [2, 'r x 1'], [2, 'r x 2']);
    expect(broken(c)).not.toContain('causal');
    expect(patternOf(c, 'causal-memory')).toBe('CyclicHB');
    expect(broken(c)).toEqual(expect.arrayContaining(['causal-memory', 'causal-convergence']));
  });
  test('(d) is CM and CCv, but not sequential', () => {
    const d = history(
      [1, 'w x 1'],
      [2, 'w x 2'],
      [1, 'r y'],
      [2, 'r y'],
      [1, 'w y 1'],
      [2, 'w y 2'],
      [1, 'r x 1'],
      [2, 'r x 2'],
    );
    expect(broken(d)).not.toContain('causal-memory');
    expect(broken(d)).not.toContain('causal-convergence');
    expect(broken(d)).toContain('sequential');
  });
  test('(e) is not CC: a read of what was overwritten in its own past', () => {
    const e = history([1, 'w x 1'], [1, 'w y 1'], [2, 'r y 1'], [2, 'w x 2'], [3, 'r x 2'], [3, 'r x 1']);
    expect(patternOf(e, 'causal')).toBe('WriteCORead');
  });
  test.each<[string, ConsistencyLevel, readonly Step[]]>([
    ['ThinAirRead', 'causal', [[1, 'r x 7']]],
    [
      'CyclicCO',
      'causal',
      [
        [1, 'r x 1'],
        [1, 'w y 1'],
        [2, 'r y 1'],
        [2, 'w x 1'],
      ],
    ],
    [
      'WriteCOInitRead',
      'causal',
      [
        [1, 'w x 1'],
        [1, 'w y 1'],
        [2, 'r y 1'],
        [2, 'r x'],
      ],
    ],
  ])('%s', (pattern, level, steps) => {
    expect(patternOf(history(...steps), level)).toBe(pattern);
  });
});

describe('each guarantee of a session bites, and only where it should', () => {
  const cases: [ConsistencyLevel, readonly Step[], readonly ConsistencyLevel[]][] = [
    [
      'read-your-writes',
      [
        [1, 'w x 1'],
        [1, 'r x'],
      ],
      ['monotonic-reads', 'monotonic-writes', 'writes-follow-reads'],
    ],
    [
      'monotonic-reads',
      [
        [1, 'w x 1'],
        [2, 'r x 1'],
        [2, 'r x'],
      ],
      ['read-your-writes'],
    ],
    [
      'monotonic-writes',
      [
        [1, 'w x 1'],
        [1, 'w y 1'],
        [2, 'r y 1'],
        [2, 'r x'],
      ],
      ['monotonic-reads', 'read-your-writes', 'writes-follow-reads'],
    ],
    [
      'writes-follow-reads',
      [
        [1, 'w x 1'],
        [2, 'r x 1'],
        [2, 'w y 1'],
        [3, 'r y 1'],
        [3, 'r x'],
      ],
      ['monotonic-reads', 'read-your-writes', 'monotonic-writes', 'pram'],
    ],
    [
      'pram',
      [
        [1, 'w x 1'],
        [1, 'w x 2'],
        [2, 'r x 2'],
        [2, 'r x 1'],
      ],
      ['read-your-writes', 'monotonic-reads'],
    ],
    [
      'session',
      [
        [1, 'w x 1'],
        [1, 'r x'],
      ],
      ['monotonic-reads'],
    ],
  ];
  test.each(cases)('%s', (level, steps, kept) => {
    const found = broken(history(...steps));
    expect(found).toContain(level);
    for (const other of kept) expect(found).not.toContain(other);
  });
});

describe('what happens in real time', () => {
  const at = (
    index: number,
    time: number,
    process: number,
    type: HistoryEvent['type'],
    f: string,
    value: Value,
  ): HistoryEvent => ({
    index,
    time,
    process,
    type,
    f,
    key: 'x',
    value,
  });

  test('regular and safe: a stale read, and one that overlaps a write', () => {
    const stale = history([1, 'w x 1'], [1, 'w x 2'], [2, 'r x 1']);
    expect(broken(stale)).toEqual(expect.arrayContaining(['regular', 'safe']));
    const during = [
      at(0, 0, 1, 'invoke', 'write', 1),
      at(1, 1000, 1, 'ok', 'write', 1),
      at(2, 2000, 1, 'invoke', 'write', 2),
      at(3, 3000, 2, 'invoke', 'read', null),
      at(4, 4000, 2, 'ok', 'read', 9),
      at(5, 5000, 1, 'ok', 'write', 2),
    ];
    expect(broken(during)).not.toContain('safe');
    expect(broken(during)).toContain('regular');
    // New, then old: allowed while the write is open, as nothing orders two reads of a regular register.
    const inverted = [
      at(0, 0, 1, 'invoke', 'write', 1),
      at(1, 1000, 2, 'invoke', 'read', null),
      at(2, 2000, 2, 'ok', 'read', 1),
      at(3, 3000, 3, 'invoke', 'read', null),
      at(4, 4000, 3, 'ok', 'read', null),
      at(5, 5000, 1, 'ok', 'write', 1),
    ];
    expect(broken(inverted)).not.toContain('regular');
    expect(broken(inverted)).toContain('linearizable');
  });
  test('a read of what is written only later', () => {
    expect(patternOf(history([2, 'r x 1'], [1, 'w x 1']), 'regular')).toBe('FutureRead');
  });
  test('staleness is measured, and judged where a bound is given', () => {
    const behind = history([1, 'w x 1'], [1, 'w x 2'], [1, 'w x 3'], [2, 'r x 1']);
    const result = consistency(behind, kv, { levels: ['bounded-staleness'] });
    expect(result.staleness).toEqual({ versions: 2, us: 2000, staleReads: 1, reads: 1 });
    expect(result.verdict).toBe('ok');
    expect(broken(behind, { staleness: { versions: 2 } })).not.toContain('bounded-staleness');
    expect(broken(behind, { staleness: { versions: 1 } })).toContain('bounded-staleness');
    expect(broken(behind, { staleness: { us: 2000 } })).not.toContain('bounded-staleness');
    expect(broken(behind, { staleness: { us: 1999 } })).toContain('bounded-staleness');
  });
});

describe('eventual', () => {
  test('clients that end up with two values diverged', () => {
    const apart = history([1, 'w x 1'], [2, 'w x 2'], [1, 'r x 1'], [2, 'r x 2']);
    expect(patternOf(apart, 'eventual')).toBe('Diverged');
  });
  test('they may disagree for a while, and no longer than they are given', () => {
    const late = history([1, 'w x 1'], [2, 'w x 2'], [1, 'r x 1'], [2, 'r x 2'], [1, 'r x 2']);
    const result = consistency(late, kv, { levels: ['eventual'] });
    expect([result.verdict, result.convergence]).toEqual(['ok', { keysRead: 1, keys: 1, us: 1000 }]);
    expect(broken(late, { settleUs: 1000, levels: ['eventual'] })).toEqual(['eventual']);
    expect(broken(late, { settleUs: 1001, levels: ['eventual'] })).toEqual([]);
  });
  test('a lost write did not arrive', () => {
    expect(broken(history([1, 'w x 1'], [2, 'r x']))).toContain('eventual');
  });
  test('without late reads nobody can tell', () => {
    const result = consistency(history([1, 'r x'], [1, 'w x 1']), kv, { levels: ['eventual'] });
    expect(result.levels[0]).toEqual({
      level: 'eventual',
      verdict: 'undecided',
      unjudged: 'no-late-reads',
      spent: { steps: 2, memoryBytes: 0 },
    });
  });
  test('an unanswered write may land late', () => {
    const steps = history([1, 'w x 1'], [3, 'r x 1'], [2, 'r x 2']);
    const open: HistoryEvent = { index: 0, time: 0, process: 4, type: 'invoke', f: 'write', key: 'x', value: 2 };
    const whole = [open, ...steps].map((event, index) => ({ ...event, index }));
    expect(broken(whole, { levels: ['eventual'] })).toEqual([]);
  });
  test('strong: two replicas order two writes differently, and agree in the end', () => {
    const on = (node: string) => ({ node });
    const twice = history(
      [1, 'w x 1'],
      [2, 'w x 2'],
      [3, 'r x 1', on('n1')],
      [4, 'r x 2', on('n2')],
      [3, 'r x 2', on('n1')],
      [4, 'r x 1', on('n2')],
      [4, 'r x 2', on('n1')],
      [3, 'r x 2', on('n1')],
    );
    expect(broken(twice, { levels: ['eventual'] })).toEqual([]);
    expect(patternOf(twice, 'strong-eventual')).toBe('CyclicOrder');
    const forgets = history([1, 'w x 1'], [3, 'r x 1', on('n1')], [4, 'r x', on('n1')], [4, 'r x 1', on('n1')]);
    expect(patternOf(forgets, 'strong-eventual')).toBe('InitialAfterWrite');
  });
});

describe('what it does not judge', () => {
  test('values written twice, with the events', () => {
    const twice = history([1, 'w x 1'], [2, 'w x 1']);
    expect(() => consistency(twice, kv, { levels: ['causal'] })).toThrow(HistoryError);
    expect(() => consistency(twice, kv, { levels: ['causal'] })).toThrow(
      /event 2: write x=1 writes 1 again, as event 0 did/,
    );
  });
  test('a write of the initial value', () => {
    expect(() => consistency(history([1, 'w x']), kv, { levels: ['causal'] })).toThrow(/writes the initial value/);
  });
  test('other operations: linearizable and sequential are judged all the same', () => {
    const cas: HistoryEvent[] = [
      { index: 0, time: 0, process: 1, type: 'invoke', f: 'cas', value: [null, 1] },
      { index: 1, time: 1, process: 1, type: 'ok', f: 'cas', value: [null, 1] },
      { index: 2, time: 2, process: 2, type: 'invoke', f: 'read', value: null },
      { index: 3, time: 3, process: 2, type: 'ok', f: 'read', value: null },
    ];
    const verdicts = Object.fromEntries(
      consistency(cas, casRegister).levels.map(({ level, verdict }) => [level, verdict]),
    );
    expect(verdicts).toMatchObject({
      linearizable: 'violation',
      sequential: 'ok',
      causal: 'ok',
      eventual: 'undecided',
    });
  });
  test('unknown levels', () => {
    expect(() => consistency([], kv, { levels: ['casual' as ConsistencyLevel] })).toThrow(UnknownConsistencyError);
  });
  test('a budget of steps that ends', () => {
    const long = history(
      ...Array.from({ length: 40 }, (_, i): Step => [i % 2, i % 4 < 2 ? `w x ${i + 1}` : `r x ${i - 1}`]),
    );
    const [pram] = consistency(long, kv, { levels: ['pram'], budget: { steps: 10 } }).levels;
    expect(pram).toMatchObject({ verdict: 'undecided', unjudged: 'steps' });
  });
});

test('the evidence is small, whatever stands around it', () => {
  const noise = (from: number): Step[] =>
    Array.from({ length: 300 }, (_, i) => [i % 5, `w ${i % 2 === 0 ? `k${i % 7}` : 'x'} ${from + i}`]);
  const bad: Step[] = [
    [11, 'w x 1'],
    [11, 'w y 1'],
    [12, 'r y 1'],
    [12, 'w x 2'],
    [13, 'r x 2'],
    [13, 'r x 1'],
  ];
  const [causal] = consistency(history(...noise(100), ...bad, ...noise(500)), kv, { levels: ['causal'] }).levels;
  expect(causal?.evidence?.operations).toHaveLength(6);
  expect(causal?.evidence?.minimal).toBe(true);
});

test('a model of more than reads and writes: the part that has no order is shown', () => {
  const events: HistoryEvent[] = [];
  const add = (process: number, f: string, key: string, input: Value, output: Value): void => {
    for (const [type, value] of [
      ['invoke', input],
      ['ok', output],
    ] as const)
      events.push({ index: events.length, time: events.length, type, process, f, key, value });
  };
  for (let i = 0; i < 20; i++) add(i % 3, 'append', 'other', String(i % 2), String(i % 2));
  add(0, 'append', 'x', 'a', 'a');
  for (let i = 0; i < 5; i++) add(1, 'get', 'x', null, 'a');
  add(1, 'append', 'x', 'a', 'a');
  add(0, 'get', 'x', null, '');
  add(1, 'get', 'x', null, 'aa');
  const result = consistency(events, kvText);
  const shown = formatConsistency(result);
  expect(shown).toContain('✗ not sequential; nothing is known to hold   29 operations');
  expect(shown).toContain(`✗ not sequential   29 operations, model kv-text
    p0 |— append x a ok —|
    p1                    |— append x a ok —|
    p0                                       |— read x → "" —|
  NoOrder: no order of these 3 operations keeps the order of every client and gives these answers
  3 operations`);
  const part = new Set(result.levels.flatMap(({ evidence }) => evidence?.operations.map(({ id }) => id) ?? []));
  const processes = new Set([...part].map((id) => events[id]?.process));
  expect([part.size, processes.size]).toEqual([3, 2]);
  // What is shown is broken on its own.
  const alone = events.filter((event, at) => part.has(event.type === 'invoke' ? event.index : events[at - 1]!.index));
  expect(consistency(alone, kvText, { levels: ['sequential'] }).verdict).toBe('violation');
});

test('how it is shown', () => {
  const a = history([1, 'w x 1'], [2, 'w x 2'], [1, 'r x 2'], [2, 'r x 1']);
  const all = formatConsistency(consistency(a, kv));
  expect(all).toContain(
    '✗ not causal-convergence, eventual, safe; the strongest that holds: causal-memory, bounded-staleness   4 operations, model kv',
  );
  expect(all).toContain('  ✗ sequential           falls with causal-convergence');
  expect(formatConsistency(consistency(a, kv, { levels: ['causal-convergence'] }))).toBe(
    `✗ not causal-convergence   4 operations, model kv
    p1 |— write x=1 ok —|
    p2                   |— write x=2 ok —|
    p1                                     |— read x → 2 —|
    p2                                                     |— read x → 1 —|
  CyclicCF: what must come before what goes round in a circle
    write x=1  →  write x=2   p1 got read x → 2 when it could see write x=1 too, which therefore came before write x=2
    write x=2  →  write x=1   p2 got read x → 1 when it could see write x=2 too, which therefore came before write x=1
  4 operations, none of which can be left out`,
  );
});

import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../engine/index.js';
import {
  formatTransactions,
  HistoryError,
  impliesLevel,
  isolationLevels,
  readHistory,
  transactions,
  UnknownLevelError,
  type IsolationLevel,
} from '../../checkers/index.js';
import { Allowance, MemoryBudget } from '../../checkers/budget.js';
import { shortestCycles } from '../../checkers/graph/cycle-search.js';
import { EdgeList, RW, WW } from '../../checkers/graph/edges.js';
import { simulate } from './transactions-stores.js';
import { type Step, historyOf, together, inTurn, names, a, w, r } from './transactions-history.js';

test('of a walk that passes a transaction twice, the half without two missed writes in a row is kept', () => {
  const edges = new EdgeList(new MemoryBudget(10_000));
  const [reader, twice, middle, last] = [0, 1, 2, 3] as const;
  edges.add(reader, twice, RW, 0);
  edges.add(twice, middle, WW, 0);
  edges.add(middle, twice, WW, 0);
  edges.add(twice, last, RW, 0);
  edges.add(last, reader, WW, 0);
  const wanted = { start: RW, rest: RW | WW, pattern: 'apart' } as const;
  const found = [...shortestCycles(edges.graph(4), wanted, new Allowance({ steps: 100, memoryBytes: 0 }))];
  expect(found[0]).toEqual({ nodes: [twice, middle], kinds: [WW, WW], keys: [0, 0] });
});

describe('what is known of registers', () => {
  const stale = inTurn([0, [w('x', 1)]], [1, [w('x', 2)]], [2, [r('x', 1)]]);
  test('blind writes alone have no order', () => {
    expect(transactions(stale).strongest).toEqual(['strict-serializable']);
  });
  test('real time orders them where keys are taken for linearizable, and a circle refutes that', () => {
    const result = transactions(stale, { linearizableKeys: true });
    expect(names(result)).toEqual(['cyclic-versions']);
    expect(result.anomalies[0]).toMatchObject({
      says: 'x = 1 was before 2: T0 had returned before T2 was called; then x = 2 was before 1: T2 had returned before T4 was called, which read 1: so T0 would come before itself',
      transactions: [{ id: 0 }, { id: 2 }, { id: 4 }],
    });
    expect(result.strongest).toEqual(['strong-session-serializable', 'strong-read-committed']);
  });
  test('such an order shows a cycle through two keys', () => {
    const history = historyOf([
      ['invoke', 0, [w('x', 1)]],
      ['ok', 0, [w('x', 1)]],
      ['invoke', 2, [r('y', null), r('x', null)]],
      ['invoke', 1, [w('x', 2), w('y', 1)]],
      ['ok', 1, [w('x', 2), w('y', 1)]],
      ['ok', 2, [r('y', 1), r('x', 1)]],
    ]);
    expect(transactions(history).verdict).toBe('ok');
    expect(names(transactions(history, { linearizableKeys: true }))).toEqual(['G-single', 'fractured-read']);
    expect(transactions(history, { linearizableKeys: true }).assumptions).toHaveLength(3);
  });
  test('back to null is a circle too', () => {
    const history = inTurn([0, [w('x', 1)]], [1, [r('x', null)]]);
    expect(names(transactions(history))).toEqual(['G-single-realtime']);
    expect(names(transactions(history, { linearizableKeys: true }))).toContain('cyclic-versions');
  });
});

describe('levels', () => {
  const stale = inTurn([0, [a('x', 1)]], [1, [a('x', 2)]], [2, [r('x', [1])]], [3, [r('x', [1, 2])]]);
  test('the verdict is about the level asked for', () => {
    expect(transactions(stale, { consistency: 'strong-session-serializable' }).verdict).toBe('ok');
    expect(transactions(stale, { consistency: 'strong-snapshot-isolation' }).verdict).toBe('violation');
    expect(transactions(stale).not).toEqual(['strong-repeatable-read', 'strong-snapshot-isolation']);
    expect(transactions(stale).notAlso).toEqual(['strict-serializable']);
  });
  test('every level implies the weakest, and strict serializable implies every level', () => {
    const levels = Object.keys(isolationLevels) as IsolationLevel[];
    expect(levels.length).toBe(19);
    for (const level of levels) {
      expect(impliesLevel(level, 'read-uncommitted')).toBe(true);
      expect(impliesLevel('strict-serializable', level)).toBe(true);
    }
    expect(impliesLevel('snapshot-isolation', 'repeatable-read')).toBe(false);
    expect(impliesLevel('repeatable-read', 'snapshot-isolation')).toBe(false);
    expect(impliesLevel('serializable', 'strong-session-read-committed')).toBe(false);
  });
  test('an unknown one is refused with the nearest', () => {
    const given = 'snapshot-isolaton' as IsolationLevel;
    expect(() => transactions(stale, { consistency: given })).toThrow(UnknownLevelError);
    try {
      transactions(stale, { consistency: given });
    } catch (error) {
      expect((error as UnknownLevelError).hint).toBe('Is snapshot-isolation meant?');
    }
  });
  test('a budget that ends leaves the verdict open, but not what was found', () => {
    const many = simulate({
      kind: 'list-append',
      mode: 'serial',
      seed: 1,
      processes: 5,
      transactions: 50,
      keys: 3,
      stepsMax: 3,
    });
    const cut = transactions(many, { budget: { memoryBytes: 400 } });
    const graph = { transactions: 50, edges: 10, complete: false };
    expect(cut).toMatchObject({ verdict: 'undecided', exhausted: 'memory', graph, memoryBytes: 400 });
    expect(transactions(many).graph).toMatchObject({ transactions: 50, complete: true });
    const skew = together([r('x', []), a('y', 1)], [r('y', []), a('x', 1)]);
    expect(transactions(skew, { budget: { steps: 0 } })).toMatchObject({ verdict: 'undecided', exhausted: 'steps' });
    expect(transactions(together([r('x', [7])], [a('y', 1)]), { budget: { memoryBytes: 0, steps: 0 } }).verdict).toBe(
      'violation',
    );
  });
});

describe('input', () => {
  const problems = (history: HistoryEvent[], kind: 'auto' | 'list-append' | 'rw-register' = 'auto'): string[] => {
    try {
      transactions(history, { kind });
    } catch (error) {
      if (error instanceof HistoryError)
        return error.problems.map((p) => `${p.at}: ${p.message}; expected ${p.expected}`);
      throw error;
    }
    return [];
  };
  test('EDN as Jepsen writes it', () => {
    const { history } = readHistory(`
{:type :invoke, :process 0, :f :txn, :value [[:append :x 1] [:r :x nil]]}
{:type :ok, :process 0, :f :txn, :value [[:append :x 1] [:r :x [1]]]}
{:type :invoke, :process 1, :f :txn, :value [[:r :x nil]]}
{:type :ok, :process 1, :f :txn, :value [[:r :x nil]]}
`);
    expect(names(transactions(history))).toEqual(['G-single-realtime']);
  });
  test('the kind is seen by what is written', () => {
    expect(transactions(together([a('x', 1)])).kind).toBe('list-append');
    expect(transactions(together([w('x', 1)])).kind).toBe('rw-register');
    expect(transactions(together([r('x', [1])])).kind).toBe('list-append');
    expect(transactions(together([r('x', 1)])).kind).toBe('rw-register');
  });
  test('a value that is no transaction', () => {
    const event = { index: 0, time: 0, type: 'invoke', process: 0, f: 'read', value: 5 } as const;
    expect(problems([event])[0]).toMatch(/^0: the value 5 is no transaction; expected a list of steps/);
  });
  test('a step that is none, with the name that is meant', () => {
    const history = together([['appnd', 'x', 1]]);
    expect(problems(history)[0]).toMatch(/^0: \["appnd","x",1\] is no step of a transaction/);
    try {
      transactions(history);
    } catch (error) {
      expect((error as HistoryError).hint).toBe('Is append meant?');
    }
  });
  test('a completion of other steps', () => {
    const lines = (done: Step[]): HistoryEvent[] =>
      historyOf([
        ['invoke', 0, [a('x', 1), r('x', null)]],
        ['ok', 0, done],
      ]);
    expect(problems(lines([a('x', 1)]))).toEqual([
      '1: 1 steps completed of 2 invoked; expected the same steps in the same order',
    ]);
    expect(problems(lines([a('x', 2), r('x', [2])]))[0]).toMatch(
      /^1: step 1 completed is append x 2, invoked was append x 1/,
    );
  });
  test('the same value written twice to a key', () => {
    expect(problems(together([a('x', 1)], [a('x', 1)]))[0]).toMatch(/^1: writes 1 to x, as T0 does/);
    expect(problems(together([a('x', 1)], [a('y', 1)]))).toEqual([]);
    expect(problems(together([a('x', 1)], [a('x', '1')]))).toEqual([]);
  });
  test('a retry of what surely failed is none', () => {
    expect(transactions(together(['fail', [a('x', 1)]], [a('x', 1)], [r('x', [1])])).strongest).toEqual([
      'strict-serializable',
    ]);
  });
  test('steps of the other kind', () => {
    expect(problems(together([a('x', 1), w('y', 1)]))[0]).toMatch(/w y 1 in a history of lists/);
    expect(problems(together([a('x', 1)]), 'rw-register')[0]).toMatch(/append x 1 in a history of registers/);
    expect(problems(together([a('x', 1)], [r('x', 1)]))[0]).toMatch(/r x = 1 read no list/);
    expect(problems(together([w('x', null)]))[0]).toMatch(/writes the initial value/);
  });
});

describe('in words', () => {
  test('a long fork, and what is left', () => {
    const history = together([a('x', 1)], [a('y', 1)], [r('x', [1]), r('y', [])], [r('x', []), r('y', [1])]);
    expect(formatTransactions(transactions(history, { consistency: 'snapshot-isolation' }))).toBe(
      [
        '✗ not snapshot isolation   4 transactions, list-append',
        '  G-nonadjacent, long fork',
        '    T2  p2  r x = [1], r y = []',
        '      ↓ rw      T2 read y = [] without T1’s append of 1',
        '    T1  p1  append y 1',
        '      ↓ wr      T3 read y = [1] with T1’s append of 1',
        '    T3  p3  r x = [], r y = [1]',
        '      ↓ rw      T3 read x = [] without T0’s append of 1',
        '    T0  p0  append x 1',
        '      ↓ wr      T2 read x = [1] with T0’s append of 1',
        '    T2 again: it would come before itself',
        '  may still be: parallel-snapshot-isolation, causal, strong-read-committed',
        '  cannot be: repeatable-read, snapshot-isolation, nor what is stronger',
      ].join('\n'),
    );
  });
  test('one that is no cycle, aborted and unanswered ones, and how many more there are', () => {
    const readers = Array.from({ length: 6 }, () => [r('x', [1])]);
    const text = formatTransactions(transactions(together(['fail', [a('x', 1)]], ...readers)));
    expect(text).toContain('G1a   SQL: dirty read (P1)');
    expect(text).toContain('    T0  p0  append x 1   (aborted)');
    expect(text).toContain('  and 2 more of G1a');
  });
  test('a budget that ended, and nothing found', () => {
    const history = together([a('x', 1)], [r('x', [1])]);
    expect(formatTransactions(transactions(history))).toBe(
      '✓ strict serializable, as far as these show   2 transactions, list-append',
    );
    expect(formatTransactions(transactions(history, { budget: { memoryBytes: 0 } }))).toMatch(
      /^\? strict serializable undecided/,
    );
  });
});

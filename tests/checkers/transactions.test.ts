import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../engine/index.js';
import { transactions, type AnomalyName, type IsolationLevel } from '../../checkers/index.js';
import { historyOf, together, inTurn, names, a, w, r } from './transactions-history.js';

/** Each with exactly what is found, and the strongest levels that are left. */
const PLANTED: readonly [what: string, history: HistoryEvent[], found: AnomalyName[], strongest: IsolationLevel[]][] = [
  // Lists.
  ['an element of nobody', together([r('x', [7])]), ['garbage-read'], []],
  ['one append twice', together([a('x', 1)], [r('x', [1, 1])]), ['duplicate-append'], []],
  [
    'two reads of which neither begins the other',
    together([a('x', 1)], [a('x', 2)], [r('x', [1, 2])], [r('x', [2])]),
    ['incompatible-order'],
    ['strong-read-uncommitted'],
  ],
  [
    'a transaction’s appends in another order',
    together([a('x', 1), a('x', 2)], [r('x', [2, 1])]),
    ['incompatible-order'],
    ['strong-read-uncommitted'],
  ],
  ['a later append of one’s own', together([r('x', [1]), a('x', 1)]), ['future-read'], ['strong-read-uncommitted']],
  [
    'an append of one’s own is missing',
    together([a('x', 1), r('x', [])]),
    ['internal'],
    ['strong-read-committed', 'monotonic-atomic-view'],
  ],
  [
    'a read that cannot be repeated',
    together([r('x', []), r('x', [1])], [a('x', 1)]),
    ['G-single', 'internal'],
    ['strong-read-committed', 'monotonic-atomic-view'],
  ],
  ['an aborted append', together(['fail', [a('x', 1)]], [r('x', [1])]), ['G1a'], ['strong-read-uncommitted']],
  [
    'on top of an aborted append',
    together(['fail', [a('x', 1)]], [a('x', 2)], [r('x', [1, 2])]),
    ['G1a', 'dirty-update'],
    ['strong-read-uncommitted'],
  ],
  [
    'between two appends',
    together([a('x', 1), a('x', 2)], [r('x', [1])], [r('x', [1, 2])]),
    ['G1b'],
    ['strong-read-uncommitted'],
  ],
  [
    'two readers, then writers',
    together([r('x', []), a('x', 1)], [r('x', []), a('x', 2)], [r('x', [1, 2])]),
    ['G-single', 'lost-update'],
    ['strong-read-committed', 'causal'],
  ],
  [
    'writes in opposite orders',
    together([a('x', 1), a('y', 1)], [a('x', 2), a('y', 2)], [r('x', [1, 2])], [r('y', [2, 1])]),
    ['G0'],
    [],
  ],
  [
    'each read the other',
    together([a('x', 1), r('y', [1])], [a('y', 1), r('x', [1])]),
    ['G1c'],
    ['strong-read-uncommitted'],
  ],
  [
    'one of two keys',
    together([a('x', 1), a('y', 1)], [r('x', [1]), r('y', [])]),
    ['G-single', 'fractured-read'],
    ['strong-read-committed'],
  ],
  [
    'one of two keys, missed first',
    together([a('x', 1), a('y', 1)], [r('y', []), r('x', [1])]),
    ['G-single', 'fractured-read'],
    ['strong-read-committed', 'monotonic-atomic-view'],
  ],
  [
    'skew by way of a third',
    together([a('x', 1)], [r('x', [1]), a('y', 1)], [r('y', [1]), r('x', [])]),
    ['G-single'],
    ['strong-read-committed', 'read-atomic'],
  ],
  [
    'snapshots that fork',
    together([a('x', 1)], [a('y', 1)], [r('x', [1]), r('y', [])], [r('x', []), r('y', [1])]),
    ['G-nonadjacent', 'long-fork'],
    ['parallel-snapshot-isolation', 'strong-read-committed', 'causal'],
  ],
  [
    'a skew beside a longer circle with missed writes in a row',
    together([r('x', [1]), r('y', []), r('z', [1])], [a('x', 1), a('y', 1), r('z', [])], [a('z', 1)]),
    ['G-single', 'G2-item', 'fractured-read'],
    ['strong-read-committed'],
  ],
  [
    'a fork beside a shorter circle with missed writes in a row',
    together(
      [a('x', 1)],
      [a('y', 1), r('z', [])],
      [r('x', [1]), r('y', []), r('z', [1])],
      [r('x', []), r('y', [1])],
      [a('z', 1)],
    ),
    ['G-nonadjacent', 'G2-item', 'long-fork'],
    ['strong-read-committed', 'parallel-snapshot-isolation', 'causal'],
  ],
  [
    'a fork and a skew that share a reader',
    together(
      [a('x', 1)],
      [a('y', 1)],
      [r('x', [1]), r('y', []), r('q', [1]), r('p', [])],
      [r('x', []), r('y', [1])],
      [a('p', 1)],
      [r('p', [1]), a('q', 1)],
    ),
    ['G-nonadjacent', 'G-single', 'long-fork'],
    ['strong-read-committed', 'read-atomic'],
  ],
  [
    'write skew',
    together([r('x', []), a('y', 1)], [r('y', []), a('x', 1)]),
    ['G2-item'],
    ['strong-snapshot-isolation'],
  ],
  [
    'write skew of one who got no answer, but was seen',
    together([r('x', []), a('y', 1)], ['info', [a('x', 1)]], [r('x', [1]), r('y', [])]),
    ['G2-item'],
    ['strong-snapshot-isolation'],
  ],
  [
    'nothing: one who got no answer need not have happened',
    together([r('x', []), a('y', 1)], ['info', [a('x', 1), a('y', 2)]], [r('x', []), r('y', [1])]),
    [],
    ['strict-serializable'],
  ],
  [
    'what one who got no answer did is all done, once a part of it was seen',
    together(['info', [a('x', 1), a('y', 2)]], [r('x', [1])], [r('x', [1]), r('y', [])]),
    ['G-single', 'fractured-read'],
    ['strong-read-committed'],
  ],
  // The session and real time.
  [
    'a session’s appends reversed',
    inTurn([0, [a('x', 1)]], [0, [a('x', 2)]], [1, [r('x', [2, 1])]]),
    ['G0-process'],
    ['serializable'],
  ],
  [
    'a read that undoes the session’s order',
    historyOf([
      ['invoke', 1, [r('x', null), a('y', 1)]],
      ['invoke', 0, [r('y', null)]],
      ['ok', 0, [r('y', [1])]],
      ['invoke', 0, [a('x', 1)]],
      ['ok', 0, [a('x', 1)]],
      ['ok', 1, [r('x', [1]), a('y', 1)]],
    ]),
    ['G1c-process'],
    ['serializable', 'strong-read-uncommitted'],
  ],
  [
    'a session that goes back',
    historyOf([
      ['invoke', 1, [a('x', 1)]],
      ['invoke', 0, [r('x', null)]],
      ['ok', 0, [r('x', [1])]],
      ['invoke', 0, [r('x', null)]],
      ['ok', 0, [r('x', [])]],
      ['ok', 1, [a('x', 1)]],
    ]),
    ['G-single-process'],
    ['serializable', 'strong-read-committed'],
  ],
  [
    'two sessions that disagree',
    historyOf([
      ['invoke', 2, [a('x', 1)]],
      ['invoke', 3, [a('y', 1)]],
      ['invoke', 0, [r('x', null)]],
      ['invoke', 1, [r('y', null)]],
      ['ok', 0, [r('x', [1])]],
      ['ok', 1, [r('y', [1])]],
      ['invoke', 0, [r('y', null)]],
      ['invoke', 1, [r('x', null)]],
      ['ok', 0, [r('y', [])]],
      ['ok', 1, [r('x', [])]],
      ['ok', 2, [a('x', 1)]],
      ['ok', 3, [a('y', 1)]],
    ]),
    ['G-nonadjacent-process'],
    ['serializable', 'strong-read-committed', 'causal'],
  ],
  [
    'write skew by way of a session',
    historyOf([
      ['invoke', 1, [r('y', null), a('x', 1)]],
      ['invoke', 0, [a('y', 1)]],
      ['ok', 0, [a('y', 1)]],
      ['invoke', 0, [r('x', null)]],
      ['ok', 0, [r('x', [])]],
      ['ok', 1, [r('y', []), a('x', 1)]],
    ]),
    ['G2-item-process'],
    ['serializable', 'strong-snapshot-isolation'],
  ],
  [
    'write skew by way of real time',
    historyOf([
      ['invoke', 1, [r('y', null), a('x', 1)]],
      ['invoke', 0, [a('y', 1)]],
      ['ok', 0, [a('y', 1)]],
      ['invoke', 2, [r('x', null)]],
      ['ok', 2, [r('x', [])]],
      ['ok', 1, [r('y', []), a('x', 1)]],
    ]),
    ['G2-item-realtime'],
    ['strong-session-serializable', 'strong-snapshot-isolation'],
  ],
  [
    'a fork that real time closes',
    historyOf([
      ['invoke', 0, [a('x', 1)]],
      ['invoke', 1, [r('x', null), r('y', null)]],
      ['invoke', 2, [a('y', 1)]],
      ['ok', 2, [a('y', 1)]],
      ['invoke', 3, [r('x', null)]],
      ['ok', 3, [r('x', [])]],
      ['ok', 0, [a('x', 1)]],
      ['ok', 1, [r('x', [1]), r('y', [])]],
    ]),
    ['G-nonadjacent-realtime'],
    ['strong-session-serializable', 'strong-read-committed'],
  ],
  [
    'four readers who disagree in real time',
    historyOf([
      ['invoke', 2, [a('x', 1)]],
      ['invoke', 3, [a('y', 1)]],
      ['invoke', 0, [r('x', null)]],
      ['invoke', 1, [r('y', null)]],
      ['ok', 0, [r('x', [1])]],
      ['ok', 1, [r('y', [1])]],
      ['invoke', 4, [r('y', null)]],
      ['invoke', 5, [r('x', null)]],
      ['ok', 4, [r('y', [])]],
      ['ok', 5, [r('x', [])]],
      ['ok', 2, [a('x', 1)]],
      ['ok', 3, [a('y', 1)]],
    ]),
    ['G-single-realtime'],
    ['strong-session-serializable', 'strong-read-committed'],
  ],
  [
    'appends against real time',
    inTurn([0, [a('x', 1)]], [1, [a('x', 2)]], [2, [r('x', [2, 1])]]),
    ['G0-realtime'],
    ['strong-session-serializable'],
  ],
  [
    'a read of what is appended only later',
    historyOf([
      ['invoke', 0, [r('x', null)]],
      ['ok', 0, [r('x', [1])]],
      ['invoke', 1, [a('x', 1)]],
      ['ok', 1, [a('x', 1)]],
    ]),
    ['G1c-realtime'],
    ['strong-session-serializable', 'strong-read-uncommitted'],
  ],
  [
    'a stale read',
    inTurn([0, [a('x', 1)]], [1, [a('x', 2)]], [2, [r('x', [1])]], [3, [r('x', [1, 2])]]),
    ['G-single-realtime'],
    ['strong-session-serializable', 'strong-read-committed'],
  ],
  // Registers.
  ['a value of nobody', together([r('x', 7), w('y', 1)]), ['garbage-read'], []],
  ['an aborted write', together(['fail', [w('x', 1)]], [r('x', 1)]), ['G1a'], ['strong-read-uncommitted']],
  [
    'over an aborted write',
    together(['fail', [w('x', 1)]], [r('x', 1), w('x', 2)]),
    ['G1a', 'dirty-update'],
    ['strong-read-uncommitted'],
  ],
  ['between two writes', together([w('x', 1), w('x', 2)], [r('x', 1)]), ['G1b'], ['strong-read-uncommitted']],
  ['a later write of one’s own', together([r('x', 1), w('x', 1)]), ['future-read'], ['strong-read-uncommitted']],
  [
    'a write of one’s own is missing',
    together([w('x', 1), r('x', null)]),
    ['internal'],
    ['strong-read-committed', 'monotonic-atomic-view'],
  ],
  [
    'two readers, then writers of a register',
    together([w('x', 1)], [r('x', 1), w('x', 2)], [r('x', 1), w('x', 3)]),
    ['G2-item', 'lost-update'],
    ['strong-read-committed', 'causal'],
  ],
  [
    'one of two registers',
    together([w('x', 1), w('y', 1)], [r('x', 1), r('y', null)]),
    ['G-single', 'fractured-read'],
    ['strong-read-committed'],
  ],
  [
    'one of two registers of one who got no answer',
    together(['info', [w('x', 1), w('y', 1)]], [r('x', 1), r('y', null)]),
    ['G-single', 'fractured-read'],
    ['strong-read-committed'],
  ],
  [
    'one of two registers, known by a chain of versions',
    together([w('y', 5)], [r('y', 5), w('y', 6)], [r('y', 6), w('y', 7), w('x', 1)], [r('x', 1), r('y', 5)]),
    ['G-single', 'fractured-read'],
    ['strong-read-committed'],
  ],
  [
    'versions in circles',
    together([r('x', 1), w('x', 2)], [r('x', 2), w('x', 1)]),
    ['G1c', 'cyclic-versions'],
    ['strong-read-uncommitted'],
  ],
  [
    'registers read crosswise',
    together([w('x', 1), r('y', 1)], [w('y', 1), r('x', 1)]),
    ['G1c'],
    ['strong-read-uncommitted'],
  ],
  [
    'registers written in opposite orders',
    together([w('x', 1), r('y', 2), w('y', 3)], [r('x', 1), w('x', 2), w('y', 2)]),
    ['G0', 'G1c'],
    [],
  ],
  [
    'write skew of registers',
    together([r('x', null), w('y', 1)], [r('y', null), w('x', 1)]),
    ['G2-item'],
    ['strong-snapshot-isolation'],
  ],
];

describe('each planted anomaly is found, by its name', () => {
  test.each(PLANTED)('%s', (_what, history, found, strongest) => {
    const result = transactions(history);
    expect(names(result)).toEqual([...found].sort((x, y) => (x < y ? -1 : 1)));
    expect([...result.strongest].sort()).toEqual([...strongest].sort());
    expect(result.verdict).toBe(found.length === 0 ? 'ok' : 'violation');
    for (const anomaly of result.anomalies) {
      expect(anomaly.says).not.toMatch(/undefined|NaN/);
      for (const [i, step] of anomaly.cycle.entries()) {
        expect(step.to).toBe(anomaly.cycle[(i + 1) % anomaly.cycle.length]?.from);
      }
    }
  });
});

test('who got no answer counts only once something of it was seen', () => {
  const unanswered = ['info', [a('x', 1)]] as const;
  expect(transactions(together(unanswered, ['fail', [a('x', 2)]], [a('y', 1)])).transactions).toBe(1);
  expect(transactions(together(unanswered, [r('x', [1])])).transactions).toBe(2);
});

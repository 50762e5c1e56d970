import { describe, expect, test } from 'vitest';
import {
  HistoryError,
  kv,
  linearizable,
  locateProblem,
  problemsOf,
  readHistory,
  register,
} from '../../checkers/index.js';
import type { HistoryEvent } from '../../engine/history.js';
import { randomHistory } from './random-history.js';

function event(
  index: number,
  type: HistoryEvent['type'],
  process: HistoryEvent['process'],
  f = 'read',
  value: HistoryEvent['value'] = null,
): HistoryEvent {
  return { index, time: index, type, process, f, value };
}

function codes(history: HistoryEvent[]): string[] {
  return problemsOf(history).map((problem) => `${problem.at} ${problem.code}`);
}

describe('a history that no clients can have seen is refused', () => {
  test('completion of nothing', () => {
    expect(codes([event(0, 'ok', 0)])).toEqual(['0 completion-without-invocation']);
    expect(codes([event(0, 'invoke', 0), event(1, 'ok', 0), event(2, 'fail', 0)])).toEqual([
      '2 completion-without-invocation',
    ]);
  });
  test('two open operations of one process', () => {
    expect(codes([event(0, 'invoke', 0), event(1, 'invoke', 0)])).toEqual(['1 two-open-operations']);
  });
  test('an index twice, or falling', () => {
    expect(codes([event(3, 'invoke', 0), event(3, 'ok', 0)])).toEqual(['1 index-not-rising']);
    expect(codes([event(3, 'invoke', 0), event(2, 'ok', 0)])).toEqual(['1 index-not-rising']);
  });
  test('acting after info', () => {
    expect(codes([event(0, 'invoke', 0), event(1, 'info', 0), event(2, 'invoke', 0)])).toEqual(['2 acts-after-info']);
  });
  test('completing another operation than is open', () => {
    expect(codes([event(0, 'invoke', 0, 'read'), event(1, 'ok', 0, 'write')])).toEqual(['1 completion-of-another']);
    const keyed = [
      { ...event(0, 'invoke', 0), key: 'x' },
      { ...event(1, 'ok', 0), key: 'y' },
    ];
    expect(codes(keyed)).toEqual(['1 completion-of-another']);
  });
  test('the nemesis may do as it likes, and gaps between indices are no problem', () => {
    expect(
      codes([event(0, 'info', 'nemesis'), event(5, 'info', 'nemesis'), event(7, 'invoke', 1), event(9, 'ok', 1)]),
    ).toEqual([]);
    expect(
      codes(randomHistory({ operations: 200, processes: 5, names: ['read', 'write'], values: 3, lost: 0.2 }, 1)),
    ).toEqual([]);
  });
  test('the error names all of them, says where in the file, and what to do', () => {
    const text = [
      '{"index":0,"time":0,"type":"invoke","process":0,"f":"read"}',
      '',
      '{"index":1,"time":0,"type":"invoke","process":0,"f":"read"}',
    ].join('\n');
    const read = readHistory(text);
    const problem = problemsOf(read.history)[0];
    if (problem === undefined) throw new Error('no problem found');
    expect(locateProblem(problem, read, 'h.jsonl')).toBe(
      'h.jsonl:3: process 0 invokes read while its read of event 0 is open; expected ok, fail or info for the first one before',
    );
    expect(() => linearizable(read.history, register)).toThrow(HistoryError);
  });
});

describe('operations that a model does not know are refused', () => {
  test('with the nearest name', () => {
    const history = [event(0, 'invoke', 0, 'wirte', 1), event(1, 'ok', 0, 'wirte', 1)];
    expect(() => linearizable(history, register)).toThrow(
      'model register has no operation wirte; expected read, write',
    );
    try {
      linearizable(history, register);
    } catch (error) {
      expect((error as HistoryError).hint).toBe('Did you mean write?');
    }
  });
  test('with inputs of the wrong shape', () => {
    const history = [event(0, 'invoke', 0, 'cas', 1), event(1, 'ok', 0, 'cas', 1)];
    expect(() => linearizable(history, kv)).toThrow('cas cannot take 1; expected a pair [from, to]');
  });
});

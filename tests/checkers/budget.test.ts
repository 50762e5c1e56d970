import { describe, expect, test } from 'vitest';
import { casRegister, formatVerdict, linearizable, queue, register } from '../../checkers/index.js';
import { ZONES_BYTES_PER_EVENT } from '../../checkers/linearizability/registers-by-zones.js';
import { MONITOR_BYTES_PER_OPERATION } from '../../checkers/linearizability/by-monitor.js';
import { PROBLEM_BYTES_PER_OPERATION } from '../../checkers/linearizability/problem.js';
import { randomHistory, type HistoryShape } from './random-history.js';
import { crowdHistory } from './crowd.js';
import { worlds } from './worlds.js';

const SHAPE: HistoryShape = { operations: 2_000, processes: 10, names: ['read', 'write', 'cas'], values: 5 };

describe('undecided rather than endless', () => {
  const history = randomHistory(SHAPE, 1);

  test('when the steps are used up', () => {
    const result = linearizable(history, casRegister, { budget: { steps: 500 } });
    expect(result.verdict).toBe('undecided');
    expect(result.exhausted).toBe('steps');
    expect(result.steps).toBeLessThan(700);
    expect(result.keys[0]?.returnedBefore).toBeGreaterThan(0);
    expect(formatVerdict(result)).toContain('undecided: the budget of steps ended');
  });

  test('when the memory is used up', () => {
    const result = linearizable(history, casRegister, { budget: { memoryBytes: 100_000 } });
    expect(result.verdict).toBe('undecided');
    expect(result.exhausted).toBe('memory');
  });

  test('when the tables of a monitor, and then the search, find no room', () => {
    const items = crowdHistory(worlds['queue, unique values']!, { operations: 400, clients: 8 }, 1);
    const tableBytes = 400 * MONITOR_BYTES_PER_OPERATION;
    const roomy = linearizable(items, queue, { budget: { memoryBytes: tableBytes } });
    expect(roomy).toMatchObject({ verdict: 'ok', memoryBytes: tableBytes });
    expect(roomy.keys[0]?.by).toBe('queue');
    const byOneLess = linearizable(items, queue, { budget: { memoryBytes: tableBytes - 1 } });
    expect(byOneLess.keys[0]?.by).not.toBe('queue');
    const tight = linearizable(items, queue, { budget: { memoryBytes: 400 * PROBLEM_BYTES_PER_OPERATION + 30_000 } });
    expect(tight).toMatchObject({ verdict: 'undecided', exhausted: 'memory' });
    expect(tight.keys[0]?.returnedBefore).toBeGreaterThan(0);
    expect(tight.keys[0]?.frontier).toBeDefined();
  });

  test('registers at a glance are for who has room for their columns', () => {
    const unique = randomHistory({ operations: 300, processes: 4, names: ['read', 'write'], values: 0 }, 1);
    const columnsBytes = unique.length * ZONES_BYTES_PER_EVENT;
    const spent = (memoryBytes: number): number =>
      linearizable(unique, register, { budget: { memoryBytes } }).memoryBytes;
    expect(linearizable(unique, register).memoryBytes).toBe(columnsBytes);
    expect(spent(columnsBytes)).toBe(columnsBytes);
    expect(spent(columnsBytes - 1)).toBeLessThan(columnsBytes);
  });

  test('when the caller says so, who is asked every few thousand steps', () => {
    let asked = 0;
    const result = linearizable(randomHistory({ ...SHAPE, operations: 5_000 }, 2), casRegister, {
      shouldStop: () => ++asked > 3,
    });
    expect(result.verdict).toBe('undecided');
    expect(result.exhausted).toBe('stopped');
    expect(result.steps / asked).toBeLessThan(5_000);
  });

  test('the same budget gives the same answer', () => {
    const once = linearizable(history, casRegister, { budget: { steps: 5_000 } });
    expect(linearizable(history, casRegister, { budget: { steps: 5_000 } })).toEqual(once);
  });

  test('a hard key does not hide the violation of an easy one', () => {
    const hard = randomHistory(SHAPE, 3).map((event) => ({ ...event, key: 'hard' }));
    const start = hard.length;
    const easy = [
      { index: start, time: 0, type: 'invoke', process: 9_000, f: 'read', key: 'easy', value: null } as const,
      { index: start + 1, time: 1, type: 'ok', process: 9_000, f: 'read', key: 'easy', value: 'ghost' } as const,
    ];
    const result = linearizable([...hard, ...easy], casRegister, { budget: { steps: 6_000 } });
    expect(result.verdict).toBe('violation');
    expect(result.keys.map((key) => key.verdict)).toEqual(['undecided', 'violation']);
  });

  test('a key that runs out of memory does not keep others from being decided', () => {
    const hard = randomHistory(SHAPE, 3).map((event) => ({ ...event, key: 'hard' }));
    const easy = [
      { index: hard.length, time: 0, type: 'invoke', process: 9_000, f: 'read', key: 'easy', value: null } as const,
      { index: hard.length + 1, time: 1, type: 'ok', process: 9_000, f: 'read', key: 'easy', value: null } as const,
    ];
    const result = linearizable([...hard, ...easy], casRegister, { budget: { memoryBytes: 100_000 } });
    expect(result.keys.map((key) => key.verdict)).toEqual(['undecided', 'ok']);
    expect(result.verdict).toBe('undecided');
  });

  test('many lost answers that nobody noticed cost nothing', () => {
    const lost = Array.from({ length: 400 }, (_, i) => ({
      index: i,
      time: i,
      type: 'invoke' as const,
      process: 100 + i,
      f: 'write',
      value: `lost ${i}`,
    }));
    const seen = randomHistory({ operations: 300, processes: 5, names: ['read', 'write'], values: 0 }, 4);
    const history = [...lost, ...seen.map((event) => ({ ...event, index: event.index + lost.length }))];
    const result = linearizable(history, register);
    expect(result.verdict).toBe('ok');
    expect(result.steps).toBeLessThan(10_000);
  });

  test('many alike that never returned are as good as a number', () => {
    const lost = Array.from({ length: 200 }, (_, i) => ({
      index: i,
      time: i,
      type: 'invoke' as const,
      process: 100 + i,
      f: 'write',
      value: i % 2,
    }));
    const seen = randomHistory({ operations: 200, processes: 5, names: ['read', 'write', 'cas'], values: 2 }, 4);
    const history = [...lost, ...seen.map((event) => ({ ...event, index: event.index + lost.length }))];
    const result = linearizable(history, casRegister);
    expect(result.verdict).toBe('ok');
    expect(result.steps).toBeLessThan(10_000);
  });
});

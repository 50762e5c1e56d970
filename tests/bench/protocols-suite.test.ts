import { describe, expect, it } from 'vitest';
import { cpuClock } from '../../bench/cpu-clock.js';
import { protocolsSuiteOf } from '../../bench/protocols-suite.js';
import { timeTask, type TaskResult } from '../../bench/time-task.js';
import { protocols } from '../../scenarios/index.js';

// How fast things are is no test; that each is timed, and what is told of it, is.

async function timeAll(): Promise<TaskResult[]> {
  const timing = { timeMs: 0.01, runsMin: 1, clock: cpuClock() };
  const results: TaskResult[] = [];
  for (const task of protocolsSuiteOf(1).tasks()) results.push(await timeTask('protocols', task, timing, results));
  return results;
}

describe('the benchmark of protocols', () => {
  const timed = timeAll();

  it('has a row for each with and without its invariants, beside a ping-pong', async () => {
    const results = await timed;
    for (const { name } of protocols) {
      const [yardstick, handlers, whole, ...others] = results.filter(({ task }) => task.split(/[:/]/)[0] === name);
      expect(yardstick!.task).toMatch(/: ping-pong of \d+ bytes$/);
      expect(handlers!.task).toBe(`${whole!.task}, handlers`);
      expect([handlers, whole].map((row) => row!.beside)).toMatchObject([
        { task: yardstick!.task, ratioMax: 3 },
        { task: yardstick!.task, ratioMax: 3 },
      ]);
      expect(others).toEqual([]);
    }
    expect(results).toHaveLength(3 * protocols.length);
  });

  it('tells events and virtual seconds a second', async () => {
    for (const result of await timed) {
      expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      expect(result).toMatchObject({ suite: 'protocols', unit: 'event' });
      const { runs, unitsPerRun, unitsPerSecond, virtualSecondsPerSecond, beside } = result;
      for (const figure of [runs, unitsPerRun, unitsPerSecond, virtualSecondsPerSecond ?? 1, beside?.ratio ?? 1]) {
        expect(Number.isFinite(figure) && figure > 0).toBe(true);
      }
      expect(virtualSecondsPerSecond === undefined).toBe(beside === undefined);
    }
  });

  it('does the same with and without invariants, as they watch and do nothing', async () => {
    const results = await timed;
    for (const { name } of protocols) {
      const [, handlers, whole] = results.filter(({ task }) => task.split(/[:/]/)[0] === name);
      expect(handlers!.unitsPerRun).toBe(whole!.unitsPerRun);
    }
  });
});

import { Bench } from 'tinybench';
import type { CpuClock } from './cpu-clock.js';
import type { BenchTask } from './suites.js';

export interface TaskResult {
  readonly suite: string;
  readonly task: string;
  readonly unit: string;
  readonly unitsPerRun: number;
  readonly runs: number;
  readonly nsPerUnit: { readonly median: number; readonly p75: number; readonly min: number };
  readonly unitsPerSecond: number;
  readonly virtualSecondsPerSecond?: number;
  /** How much longer a unit takes than in the task beside which it is put. */
  readonly beside?: { readonly task: string; readonly ratio: number; readonly ratioMax: number };
}

export interface Timing {
  /** CPU time for the task, at least; half as much goes before, to warm up. */
  readonly timeMs: number;
  readonly runsMin: number;
  readonly clock: CpuClock;
}

/** @param earlier results of the tasks before it: it may be put beside one of them. */
export async function timeTask(
  suite: string,
  task: BenchTask,
  { timeMs, runsMin, clock }: Timing,
  earlier: readonly TaskResult[],
): Promise<TaskResult> {
  let unitsPerRun = 0;
  const bench = new Bench({
    // Thread CPU time and not wall time: others may be using the machine.
    now: () => clock.nowNs() / 1e6,
    time: timeMs,
    iterations: runsMin,
    warmupTime: timeMs / 2,
    warmupIterations: Math.ceil(runsMin / 2),
    throws: true,
  });
  bench.add(
    task.name,
    () => {
      unitsPerRun = task.run();
    },
    { async: false, beforeEach: () => task.prepare?.() },
  );
  const [done] = await bench.run();
  if (done?.result.state !== 'completed') throw new Error(`${suite}: ${task.name} did not complete`);
  const { p50, p75, min, samplesCount } = done.result.latency;
  const perUnit = (latencyMs: number): number => (latencyMs * 1e6) / unitsPerRun;
  return {
    suite,
    task: task.name,
    unit: task.unit,
    unitsPerRun,
    runs: samplesCount,
    nsPerUnit: { median: perUnit(p50), p75: perUnit(p75), min: perUnit(min) },
    unitsPerSecond: 1e9 / perUnit(p50),
    ...(task.virtualSecondsPerUnit !== undefined && {
      virtualSecondsPerSecond: (task.virtualSecondsPerUnit * 1e9) / perUnit(p50),
    }),
    ...(task.beside !== undefined && {
      beside: { ...task.beside, ratio: ratioTo(task.beside.task, perUnit(p50), earlier) },
    }),
  };
}

function ratioTo(task: string, nsPerUnit: number, earlier: readonly TaskResult[]): number {
  const other = earlier.find((result) => result.task === task);
  if (other === undefined) throw new Error(`there is no task '${task}' before the one that is compared with it`);
  return nsPerUnit / other.nsPerUnit.median;
}

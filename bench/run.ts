import { Bench } from 'tinybench';
import { parseArgs } from 'node:util';
import { cpuClock } from './cpu-clock.js';
import { table } from './report.js';
import { SUITES } from './catalogue.js';
import type { BenchSuite, BenchTask } from './suites.js';

const USAGE = `usage: npm run bench -- [options]
  --suite NAME   only this one; may be repeated (${SUITES.map((suite) => suite.name).join(', ')})
  --time-ms N    CPU time for each task, at least (500)
  --json         one JSON value on stdout, progress on stderr`;

/** Fewer runs than this make no median. */
const RUNS_MIN = 7;

interface TaskResult {
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

const clock = cpuClock();

async function timeTask(
  suite: BenchSuite,
  task: BenchTask,
  timeMs: number,
  earlier: readonly TaskResult[],
): Promise<TaskResult> {
  let unitsPerRun = 0;
  const bench = new Bench({
    // Thread CPU time and not wall time: others may be using the machine.
    now: () => clock.nowNs() / 1e6,
    time: timeMs,
    iterations: RUNS_MIN,
    warmupTime: timeMs / 2,
    warmupIterations: 3,
    throws: true,
  });
  bench.add(
    task.name,
    () => {
      unitsPerRun = task.run();
    },
    { async: false },
  );
  const [done] = await bench.run();
  if (done?.result.state !== 'completed') throw new Error(`${suite.name}: ${task.name} did not complete`);
  const { p50, p75, min, samplesCount } = done.result.latency;
  const perUnit = (latencyMs: number): number => (latencyMs * 1e6) / unitsPerRun;
  return {
    suite: suite.name,
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

/** What is said of a task in more columns, where it says more. */
function besideColumns({ virtualSecondsPerSecond, beside }: TaskResult): string[] {
  if (virtualSecondsPerSecond === undefined || beside === undefined) return [];
  const flag = beside.ratio > beside.ratioMax ? `✗ above ${beside.ratioMax}×` : '✓';
  return [
    `${Math.round(virtualSecondsPerSecond).toLocaleString('en')} virtual s/s`,
    `${beside.ratio.toFixed(2)}× ${flag}`,
  ];
}

function suitesNamed(names: readonly string[] | undefined): readonly BenchSuite[] {
  if (names === undefined) return SUITES;
  return names.map((name) => {
    const found = SUITES.find((suite) => suite.name === name);
    if (found === undefined) throw new Error(`no suite is named '${name}'`);
    return found;
  });
}

function settings(): { suites: readonly BenchSuite[]; timeMs: number; json: boolean } {
  const { values } = parseArgs({
    options: {
      suite: { type: 'string', multiple: true },
      'time-ms': { type: 'string', default: '500' },
      json: { type: 'boolean', default: false },
    },
  });
  const timeMs = Number(values['time-ms']);
  if (!(timeMs > 0)) throw new Error(`--time-ms takes a number above 0, not '${values['time-ms']}'`);
  return { suites: suitesNamed(values.suite), timeMs, json: values.json };
}

async function main({ suites, timeMs, json }: ReturnType<typeof settings>): Promise<void> {
  const results: TaskResult[] = [];
  for (const suite of suites) {
    for (const task of suite.tasks()) {
      process.stderr.write(`${suite.name}: ${task.name}\n`);
      results.push(await timeTask(suite, task, timeMs, results));
    }
  }
  if (json) {
    process.stdout.write(`${JSON.stringify({ clock: clock.source, node: process.version, results })}\n`);
    return;
  }
  for (const suite of suites) {
    const lines = results
      .filter((result) => result.suite === suite.name)
      .map((result) => [
        result.task,
        `${Math.round(result.unitsPerSecond).toLocaleString('en')} ${result.unit}s/s`,
        `${result.nsPerUnit.median.toFixed(1)} ns (min ${result.nsPerUnit.min.toFixed(1)}, p75 ${result.nsPerUnit.p75.toFixed(1)})`,
        `${result.runs} runs of ${result.unitsPerRun.toLocaleString('en')}`,
        ...besideColumns(result),
      ]);
    process.stdout.write(`\n${suite.name}: ${suite.says}\n${table(lines)}\n`);
  }
  const source = clock.source === 'schedstat' ? 'thread CPU time' : 'process CPU time (no schedstat here)';
  process.stdout.write(`\n${source}, median of runs\n`);
}

let chosen: ReturnType<typeof settings>;
try {
  chosen = settings();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exit(2);
}
await main(chosen);

import { parseArgs } from 'node:util';
import { SUITES } from './catalogue.js';
import { cpuClock } from './cpu-clock.js';
import { table } from './report.js';
import type { BenchSuite } from './suites.js';
import { timeTask, type TaskResult } from './time-task.js';

const USAGE = `usage: npm run bench -- [options]
  --suite NAME   only this one; may be repeated (${SUITES.map((suite) => suite.name).join(', ')})
  --time-ms N    CPU time for each task, at least (500)
  --json         one JSON value on stdout, progress on stderr`;

/** Fewer runs than this make no median. */
const RUNS_MIN = 7;

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

const clock = cpuClock();

async function main({ suites, timeMs, json }: ReturnType<typeof settings>): Promise<void> {
  const results: TaskResult[] = [];
  for (const suite of suites) {
    for (const task of suite.tasks()) {
      process.stderr.write(`${suite.name}: ${task.name}\n`);
      results.push(await timeTask(suite.name, task, { timeMs, runsMin: RUNS_MIN, clock }, results));
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

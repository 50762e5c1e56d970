import type { Command } from 'commander';
import { UsageError } from '../../engine/index.js';
import type { SeedOutcome } from '../../fuzz/index.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { countOption, seedOption, settingOption } from '../options.js';
import type { ExperimentRunReport, RunReport } from '../reports.js';
import { experimentScreen, runScreen } from '../screens.js';

interface RunFlags {
  readonly seed: string;
  readonly seeds?: number;
  readonly set: Readonly<Record<string, string>>;
  readonly bug?: string;
  readonly trace?: string;
  readonly traceLevel: string;
  readonly history?: string;
  readonly html?: string;
  readonly json?: boolean;
}

export function addRun(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  program
    .command('run')
    .summary('run a scenario and judge it')
    .description('Runs a scenario of the catalogue, or one from a .yaml, .ts or .js file, and judges what came of it.')
    .argument('<scenario>', 'a name (see `splitbrain list`) or a file')
    .option('-s, --seed <seed>', 'what chance grows from: a number or any text', seedOption, '1')
    .option('-n, --seeds <n>', 'run this many seeds, from --seed on where it is a number', countOption)
    .option('--set <key=value>', 'change the scenario, e.g. --set nodes=7 --set network.loss=0.1', settingOption, {})
    .option('-b, --bug <name>', "switch on one of the protocol's planted bugs")
    .option('--trace <file>', 'write the trace, which `replay` and `open` read')
    .option('--trace-level <level>', 'events, or states: with what each step changed', 'events')
    .option('--history <file>', 'write what the clients saw: JSON lines, or Jepsen EDN for .edn')
    .option('--html <file>', 'write one page that shows the run, and needs no network')
    .option('--json', 'print one JSON value')
    .action(async (target: string, flags: RunFlags) => {
      if (flags.traceLevel !== 'events' && flags.traceLevel !== 'states') {
        throw new UsageError('option', `--trace-level is ${JSON.stringify(flags.traceLevel)} (events or states was expected)`);
      }
      done(flags.seeds === undefined ? await runOne(target, flags, context) : await runMany(target, flags, flags.seeds, context));
    });
}

async function runOne(target: string, flags: RunFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal, pool } = context;
  const { seed, bug, trace, traceLevel, history, html, json } = flags;
  const begun = performance.now();
  const report = await pool.run(
    {
      kind: 'run',
      target,
      settings: flags.set,
      seed,
      colour: terminal.colour && json !== true,
      columns: Math.max(60, Math.min(terminal.columns - 4, 140)),
      traceLevel: traceLevel as 'events' | 'states',
      ...(bug === undefined ? {} : { bug }),
      ...(trace === undefined ? {} : { traceFile: trace }),
      ...(history === undefined ? {} : { historyFile: history }),
      ...(html === undefined ? {} : { htmlFile: html }),
    },
    (share, steps) => {
      const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
      const what = share === null ? `${steps.toLocaleString('en')} steps` : `${Math.round(share * 100)} %`;
      if (performance.now() - begun > 1_000) terminal.progress(`${target}   ${what}   ${seconds} s`);
    },
  );
  terminal.settle();
  if (json === true) terminal.out(JSON.stringify(publicReport(report), null, 2));
  else terminal.out(report.kind === 'experiment' ? experimentScreen(report, terminal) : runScreen(report, terminal));
  return exitOf(report);
}

export function exitOf(report: RunReport | ExperimentRunReport): ExitCode {
  if (report.expected) return EXIT.ok;
  return report.verdict === 'undecided' ? EXIT.undecided : EXIT.violation;
}

/** What scripts see: without the drawing, which is for people. */
export function publicReport(report: RunReport | ExperimentRunReport): object {
  if (report.kind === 'experiment') return report;
  const { drawing: _, ...rest } = report;
  return rest;
}

const BATCH = 4;

async function runMany(target: string, flags: RunFlags, count: number, context: CommandContext): Promise<ExitCode> {
  const { terminal, pool } = context;
  for (const option of ['trace', 'history', 'html'] as const) {
    if (flags[option] !== undefined) throw new UsageError('option', `--${option} writes one run, and --seeds asks for ${count}`);
  }
  const first = /^\d+$/.test(flags.seed) ? Number(flags.seed) : null;
  const seeds = Array.from({ length: count }, (_, i) => (first === null ? `${flags.seed}-${i + 1}` : String(first + i)));
  const outcomes: SeedOutcome[] = [];
  const bug = flags.bug === undefined ? {} : { bug: flags.bug };
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < seeds.length && !context.interrupted()) {
      const batch = seeds.slice(next, next + BATCH);
      next += batch.length;
      outcomes.push(...(await pool.run({ kind: 'seeds', target, settings: flags.set, seeds: batch, swarm: false, ...bug })));
      terminal.progress(`${target}   ${outcomes.length} of ${count} seeds`);
    }
  };
  await Promise.all([work(), work()]);
  terminal.settle();
  const order = new Map(seeds.map((seed, i) => [seed, i]));
  outcomes.sort((a, b) => order.get(a.seed)! - order.get(b.seed)!);
  const failures = outcomes.filter(({ verdict }) => verdict === 'violation');
  const undecided = outcomes.filter(({ verdict }) => verdict === 'undecided');
  if (flags.json === true) {
    terminal.out(JSON.stringify({ scenario: target, runs: outcomes.length, failures, undecided: undecided.length, outcomes }, null, 2));
  } else {
    const mark = failures.length > 0 ? terminal.paint('red', '✗') : terminal.paint('green', '✓');
    terminal.out(
      `${mark} ${terminal.paint('bold', target)}   ${outcomes.length} seeds: ${outcomes.length - failures.length - undecided.length} as expected, ${failures.length} not, ${undecided.length} undecided`,
    );
    for (const { seed, property, message } of failures.slice(0, 10)) terminal.out(`    seed ${seed}   ${property ?? ''}: ${message ?? ''}`);
    if (failures.length > 10) terminal.out(`    and ${failures.length - 10} more`);
  }
  if (context.interrupted()) return EXIT.interrupted;
  return failures.length > 0 ? EXIT.violation : undecided.length > 0 ? EXIT.undecided : EXIT.ok;
}

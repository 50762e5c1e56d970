import type { Command } from 'commander';
import { UsageError } from '../../engine/index.js';
import type { SeedOutcome } from '../../fuzz/index.js';
import { nearest } from '../../scenarios/nearest.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { readText } from '../files.js';
import { HISTORY_ENDINGS } from '../history-file.js';
import { hungReport } from '../hung.js';
import type { Job } from '../jobs.js';
import { seedOption, seedsOption, settingOption, type Settings } from '../options.js';
import type { ExperimentRunReport, HungReport, RunReport, SeedsReport } from '../reports.js';
import { commandLine } from '../reproduce.js';
import { experimentScreen } from '../screens/experiment-screen.js';
import { hungScreen } from '../screens/hung-screen.js';
import { copyLines, counted } from '../screens/layout.js';
import { legibleReport } from '../screens/legible-report.js';
import { runScreen } from '../screens/run-screen.js';
import { seedsFrom } from '../seeds.js';

interface RunFlags {
  readonly seed: string;
  readonly seeds?: number;
  readonly set?: Settings;
  readonly bug?: string;
  readonly online?: boolean;
  readonly trace?: string;
  readonly traceLevel: string;
  readonly history?: string;
  readonly evidence?: string;
  readonly html?: string;
  readonly json?: boolean;
}

const LEVELS = ['events', 'states'];
/** A bar that comes and goes at once only flickers. */
const QUIET_MS = 500;

export function addRun(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  program
    .command('run')
    .summary('run a scenario and judge it')
    .description('Runs a scenario of the catalogue, or one from a .yaml, .ts or .js file, and judges what came of it.')
    .argument('<scenario>', 'a name (see `splitbrain list`), a file, or - for YAML on standard input')
    .option('-s, --seed <seed>', 'what chance grows from: a number or any text', seedOption, '1')
    .option('-n, --seeds <n>', 'run this many seeds, from --seed on where it is a number', seedsOption)
    .option('--set <key=value>', 'change the scenario; may be given again', settingOption)
    .option('-b, --bug <name>', "switch on one of the protocol's planted bugs")
    .option('--online', 'judge while it runs, and end it at the first violation; fuzz does so anyway')
    .option('--trace <file>', 'write the trace, which `replay` and `open` read')
    .option('--trace-level <level>', 'events, or states: with what each step changed', 'events')
    .option('--history <file>', `write what the clients saw and what broke: ${HISTORY_ENDINGS}`)
    .option('--evidence <file>', 'write a page with the whole history, what was found, faults and leaders')
    .option('--html <file>', 'write one page that shows the run, and needs no network')
    .option('--json', 'print one JSON value')
    .addHelpText(
      'after',
      `
Examples:
  splitbrain run raft/leader-crash --seed 42
  splitbrain run raft/leader-crash --seeds 100 --set nodes=7 --set network.loss=0.1
  splitbrain run raft/bug-stale-read --bug reads-local --html stale-read.html
  splitbrain run mine.yaml --trace run.jsonl && splitbrain replay run.jsonl`,
    )
    .action(async (target: string, flags: RunFlags) => {
      if (!LEVELS.includes(flags.traceLevel)) {
        const message = `--trace-level is ${JSON.stringify(flags.traceLevel)} (${LEVELS.join(' or ')} was expected)`;
        throw new UsageError('option', message, nearest(flags.traceLevel, LEVELS));
      }
      const source = target === '-' ? { source: readText('-') } : {};
      if (flags.seeds === undefined) done(await runOne(target, source, flags, context));
      else done(await runMany(target, flags, flags.seeds, context));
    });
}

async function runOne(
  target: string,
  source: { source?: string },
  flags: RunFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, pool } = context;
  const { seed, bug, trace, traceLevel, history, evidence, html, json } = flags;
  const settings = flags.set ?? {};
  const online = flags.online === true ? { online: true } : {};
  const given = { target, settings, seed, ...source, ...(bug === undefined ? {} : { bug }) };
  const job: Extract<Job, { kind: 'run' }> = {
    kind: 'run',
    ...given,
    ...online,
    colour: terminal.colour && json !== true,
    columns: Math.max(60, Math.min(terminal.columns - 4, 140)),
    traceLevel: traceLevel as 'events' | 'states',
    ...(trace === undefined ? {} : { traceFile: trace }),
    ...(history === undefined ? {} : { historyFile: history }),
    ...(evidence === undefined ? {} : { evidenceFile: evidence }),
    ...(html === undefined ? {} : { htmlFile: html }),
  };
  const begun = performance.now();
  const watched = pool.run(job, (share, steps) => {
    const elapsed = performance.now() - begun;
    const soFar = steps === 0 ? 'starting' : `${steps.toLocaleString('en')} steps`;
    const what = share === null ? soFar : `${Math.round(share * 100)} %`;
    if (elapsed > QUIET_MS) terminal.progress(`${target}   ${what}   ${(elapsed / 1_000).toFixed(0)} s`);
  });
  const report = await watched.catch((error: unknown) =>
    hungReport(error, { scenario: target, ...given }, commandLine('run', target, seed, settings, bug, flags.online)),
  );
  terminal.settle();
  if (json === true) terminal.out(JSON.stringify(publicReport(report), null, 2));
  else if (report.kind === 'hung') terminal.out(hungScreen(report, terminal));
  else terminal.out(report.kind === 'experiment' ? experimentScreen(report, terminal) : runScreen(report, terminal));
  return exitOf(report);
}

export function exitOf(report: RunReport | ExperimentRunReport | HungReport): ExitCode {
  if (report.expected) return EXIT.ok;
  return report.verdict === 'undecided' ? EXIT.undecided : EXIT.violation;
}

/** What scripts see: without the drawing, which is for people. */
export function publicReport(report: RunReport | ExperimentRunReport | HungReport): object {
  if (report.kind !== 'scenario') return report;
  const { drawing: _, ...rest } = report;
  return rest;
}

const BATCH = 4;
const THREADS = 2;
const SHOWN_MAX = 10;

async function runMany(target: string, flags: RunFlags, count: number, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  if (target === '-')
    throw new UsageError(
      'option',
      '--seeds needs a scenario that can be read again (a name or a file was expected, found -)',
    );
  for (const option of ['trace', 'history', 'evidence', 'html'] as const) {
    if (flags[option] !== undefined)
      throw new UsageError('option', `--${option} writes one run, and --seeds asks for ${count}`);
  }
  const outcomes = await runSeeds(target, flags, seedsFrom(flags.seed, count), context);
  terminal.settle();
  const failures = outcomes.filter(({ verdict }) => verdict === 'violation');
  const undecided = outcomes.filter(({ verdict }) => verdict === 'undecided').length;
  const { bug } = flags;
  const report: SeedsReport = {
    kind: 'seeds',
    scenario: target,
    ...(bug === undefined ? {} : { bug }),
    runs: outcomes.length,
    failures: failures.map(publicOutcome),
    undecided,
    outcomes: outcomes.map(publicOutcome),
  };
  terminal.out(flags.json === true ? JSON.stringify(report, null, 2) : seedsScreen(report, flags, context));
  return failures.length > 0 ? EXIT.violation : undecided > 0 ? EXIT.undecided : EXIT.ok;
}

async function runSeeds(
  target: string,
  flags: RunFlags,
  seeds: readonly string[],
  { pool, terminal }: CommandContext,
): Promise<SeedOutcome[]> {
  const outcomes: SeedOutcome[] = [];
  const { bug, online } = flags;
  const given = { ...(bug === undefined ? {} : { bug }), ...(online === undefined ? {} : { online }) };
  let next = 0;
  let finished = 0;
  const work = async (): Promise<void> => {
    while (next < seeds.length) {
      const from = next;
      next = Math.min(from + BATCH, seeds.length);
      const batch = seeds.slice(from, next);
      const found = await pool.run({
        kind: 'seeds',
        target,
        settings: flags.set ?? {},
        seeds: batch,
        swarm: false,
        ...given,
      });
      found.forEach((outcome, i) => (outcomes[from + i] = outcome));
      finished += found.length;
      terminal.progress(`${target}   ${finished} of ${seeds.length} seeds`);
    }
  };
  await Promise.all(Array.from({ length: THREADS }, work));
  return outcomes;
}

function publicOutcome({
  seed,
  verdict,
  property,
  message,
  digest,
  events,
}: SeedOutcome): SeedsReport['outcomes'][number] {
  return { seed, verdict, property, message, digest, events };
}

function seedsScreen(report: SeedsReport, flags: RunFlags, { terminal }: CommandContext): string {
  const { scenario, failures, undecided, runs } = legibleReport(report);
  const { paint } = terminal;
  const good = runs - failures.length - undecided;
  const mark = failures.length > 0 ? paint('red', '✗') : undecided > 0 ? paint('magenta', '?') : paint('green', '✓');
  const parts = [
    `${good} as expected`,
    `${failures.length} not`,
    ...(undecided === 0 ? [] : [`${undecided} undecided`]),
  ];
  const bug = report.bug === undefined ? '' : `   bug ${report.bug}`;
  const lines = [`${mark} ${paint('bold', scenario)}${bug}   ${counted(runs, 'seed')}: ${parts.join(', ')}`];
  for (const { seed, property, message } of failures.slice(0, SHOWN_MAX)) {
    lines.push(`    seed ${seed}   ${property === null ? '' : `${property}: `}${message ?? ''}`);
  }
  if (failures.length > SHOWN_MAX) lines.push(`    and ${failures.length - SHOWN_MAX} more`);
  const [first] = failures;
  if (first !== undefined) {
    const line = (verb: 'run' | 'open'): string =>
      commandLine(
        verb,
        report.scenario,
        report.failures[0]!.seed,
        flags.set ?? {},
        report.bug,
        verb === 'run' && flags.online,
      );
    lines.push(...copyLines(line('run'), line('open'), terminal));
  }
  return lines.join('\n');
}

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../engine/index.js';
import { runCampaign } from '../../fuzz/campaign.js';
import type { CampaignState, SeedOutcome } from '../../fuzz/index.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { checkFolder, writeWhole } from '../files.js';
import { HANDLERS_RETURN } from '../hung.js';
import {
  countOption,
  seedOption,
  settingOption,
  shardOption,
  timeOption,
  workersOption,
  type Settings,
} from '../options.js';
import { HungHandler } from '../pool.js';
import type { FuzzReport } from '../reports.js';
import { fileLines } from '../reproduce.js';
import { fuzzScreen } from '../screens/fuzz-screen.js';
import { hungScreen } from '../screens/hung-screen.js';
import { counted } from '../screens/layout.js';
import { runScreen } from '../screens/run-screen.js';
import { seedSeries } from '../seeds.js';

interface FuzzFlags {
  readonly runs?: number;
  readonly time?: number;
  readonly workers: number;
  readonly seed: string;
  readonly set?: Settings;
  readonly bug?: string;
  readonly shard?: { readonly shard: number; readonly of: number };
  readonly out: string;
  readonly keepGoing?: boolean;
  readonly json?: boolean;
}

type Failure = SeedOutcome & { readonly file: string };

const RUNS = 1_000;
const FAILURES_KEPT = 100;

export function addFuzz(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  program
    .command('fuzz')
    .summary('look for a seed that breaks a scenario')
    .description(
      'Runs seeds on all cores. Each seed draws faults of its own (a swarm: whole families on or off). Stops at the first failure.',
    )
    .argument('<scenario>', 'a name or a file')
    .option('-n, --runs <n>', `how many seeds (default: ${RUNS}, or as many as --time allows)`, countOption)
    .option('-t, --time <time>', 'for this long, e.g. 30s or 5m', timeOption)
    .option('-w, --workers <n>', 'threads', workersOption, availableParallelism())
    .option('-s, --seed <seed>', 'the first seed', seedOption, '1')
    .option('--set <key=value>', 'change the scenario; may be given again', settingOption)
    .option('-b, --bug <name>', 'switch on a planted bug')
    .option('--shard <i/n>', 'only every n-th seed, from the i-th on: one of n machines', shardOption)
    .option('-o, --out <dir>', 'where repros go', '.splitbrain')
    .option('-k, --keep-going', `go on after a failure (up to ${FAILURES_KEPT})`)
    .option('--json', 'print one JSON value')
    .addHelpText(
      'after',
      `
Examples:
  splitbrain fuzz raft/leader-crash --bug counts-votes-not-voters
  splitbrain fuzz raft/stormy --time 5m --keep-going
  splitbrain fuzz mine.ts --runs 10000 --shard 2/4`,
    )
    .action(async (target: string, flags: FuzzFlags) => {
      if (target === '-')
        throw new UsageError(
          'option',
          'fuzz writes repros that name their scenario (a name or a file was expected, found -)',
        );
      done(await fuzz(target, flags, context));
    });
}

async function fuzz(target: string, flags: FuzzFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal, pool } = context;
  checkFolder(flags.out);
  // In the middle of a batch, too: seeds may take long.
  const deadline = flags.time === undefined ? undefined : setTimeout(() => pool.stopSeeds(), flags.time);
  const state = await runCampaign(
    {
      workers: Math.min(flags.workers, flags.runs ?? Infinity),
      now: () => performance.now(),
      stopped: () => context.interrupted(),
      run: (seeds) => runBatch(target, flags, seeds, context),
    },
    {
      ...seedSeries(flags.seed),
      ...(flags.shard ?? { shard: 0, of: 1 }),
      runs: flags.runs ?? (flags.time === undefined ? RUNS : Infinity),
      timeMs: flags.time ?? Infinity,
      failuresMax: flags.keepGoing === true ? FAILURES_KEPT : 1,
      progress: ({ runs, failures, seconds }) => {
        const rate = Math.round(runs / Math.max(0.001, seconds));
        terminal.progress(
          // A narrow terminal cuts the end off: what matters most comes first.
          `${target}   ${counted(runs, 'run')}   ${counted(failures.length, 'failure')}   ${rate} a second   ${seconds.toFixed(0)} s`,
        );
      },
    },
  ).finally(() => clearTimeout(deadline));
  terminal.settle();
  const interrupted = context.interrupted();
  const failures = state.failures.map((failure) => ({ ...failure, file: saveRepro(failure, target, flags) }));
  if (flags.json === true) terminal.out(JSON.stringify(reportOf(target, flags, state, failures, interrupted), null, 2));
  else await print(target, state, failures, interrupted, context);
  if (interrupted) return EXIT.interrupted;
  if (failures.length > 0) return EXIT.violation;
  return state.undecided > 0 ? EXIT.undecided : EXIT.ok;
}

function reportOf(
  target: string,
  flags: FuzzFlags,
  state: CampaignState,
  failures: readonly Failure[],
  interrupted: boolean,
): FuzzReport {
  const { runs, undecided, marks, faults, seconds, events } = state;
  const shown = failures.map(({ seed, property, message, file, digest }) => ({
    seed,
    property,
    message,
    repro: file,
    digest,
  }));
  const bug = flags.bug === undefined ? {} : { bug: flags.bug };
  return { scenario: target, ...bug, runs, undecided, events, failures: shown, marks, faults, seconds, interrupted };
}

/** Runs seeds on a worker; one in which a handler never returns is a failure like any other. */
async function runBatch(
  target: string,
  flags: FuzzFlags,
  seeds: readonly string[],
  context: CommandContext,
): Promise<readonly SeedOutcome[]> {
  const bug = flags.bug === undefined ? {} : { bug: flags.bug };
  const settings = flags.set ?? {};
  try {
    return await context.pool.run({ kind: 'seeds', target, settings, seeds, swarm: true, ...bug });
  } catch (error) {
    if (!(error instanceof HungHandler)) throw error;
    // The worker is gone, and with it what it had found: those before the one that hangs are run again.
    const { seedIndex } = error;
    const before = seedIndex === 0 ? [] : await runBatch(target, flags, seeds.slice(0, seedIndex), context);
    const { hungOutcome } = await import('../hung-seed.js');
    const hung = await hungOutcome(target, settings, seeds[seedIndex]!, flags.bug, error);
    const after = seeds.slice(seedIndex + 1);
    const wanted = flags.keepGoing === true && after.length > 0 && !context.interrupted();
    return [...before, hung, ...(wanted ? await runBatch(target, flags, after, context) : [])];
  }
}

function saveRepro(failure: SeedOutcome, target: string, flags: FuzzFlags): string {
  const name = target.replace(/[^\w-]+/g, '-').replace(/^-+|-+$/g, '');
  const bug = flags.bug === undefined ? '' : `-${flags.bug}`;
  const file = join(flags.out, `${name}${bug}-${failure.seed.replace(/[^\w-]+/g, '-')}.json`);
  try {
    writeWhole(file, [`${JSON.stringify(failure.repro, null, 2)}\n`]);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // What took long to find is told, if it cannot be kept.
    throw new UsageError(
      error.code,
      error.message,
      `seed ${failure.seed} breaks ${failure.property}; --out names another folder`,
    );
  }
  return file;
}

async function print(
  target: string,
  state: CampaignState,
  failures: readonly Failure[],
  interrupted: boolean,
  { terminal, pool }: CommandContext,
): Promise<void> {
  const [first] = failures;
  if (first?.property === HANDLERS_RETURN) {
    const { reproduce } = fileLines(first.file);
    const violations = [{ property: HANDLERS_RETURN, message: first.message ?? '' }];
    const report = {
      kind: 'hung',
      scenario: target,
      seed: first.seed,
      verdict: 'violation',
      expected: false,
      digest: null,
    } as const;
    terminal.out(`${hungScreen({ ...report, violations, reproduce }, terminal)}\n`);
  } else if (first !== undefined) {
    const columns = Math.max(60, Math.min(terminal.columns - 4, 140));
    const { run } = await pool.run({ kind: 'replay', file: first.file, colour: terminal.colour, columns });
    terminal.out(`${runScreen(run, terminal)}\n`);
  }
  terminal.out(fuzzScreen(target, state, failures, interrupted, terminal));
}

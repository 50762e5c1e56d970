import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { runCampaign, type CampaignState, type SeedOutcome } from '../../fuzz/index.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { writeWhole } from '../files.js';
import { countOption, seedOption, settingOption, shardOption, timeOption } from '../options.js';
import { runScreen } from '../screens.js';

interface FuzzFlags {
  readonly runs?: number;
  readonly time?: number;
  readonly workers: number;
  readonly seed: string;
  readonly set: Readonly<Record<string, string>>;
  readonly bug?: string;
  readonly shard: { readonly shard: number; readonly of: number };
  readonly out: string;
  readonly keepGoing?: boolean;
  readonly json?: boolean;
}

const RUNS = 1_000;
const FAILURES_KEPT = 100;

export function addFuzz(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  program
    .command('fuzz')
    .summary('look for a seed that breaks a scenario')
    .description('Runs seeds on all cores. Each seed draws faults of its own (a swarm: whole families on or off). Stops at the first failure.')
    .argument('<scenario>', 'a name or a file')
    .option('-n, --runs <n>', `how many seeds (default ${RUNS}, or as many as --time allows)`, countOption)
    .option('-t, --time <time>', 'for this long, e.g. 30s or 5m', timeOption)
    .option('-w, --workers <n>', 'threads', countOption, availableParallelism())
    .option('-s, --seed <seed>', 'the first seed', seedOption, '1')
    .option('--set <key=value>', 'change the scenario', settingOption, {})
    .option('-b, --bug <name>', 'switch on a planted bug')
    .option('--shard <i/n>', 'only every n-th seed, from the i-th on', shardOption, { shard: 0, of: 1 })
    .option('-o, --out <dir>', 'where repros go', '.splitbrain')
    .option('-k, --keep-going', `go on after a failure (up to ${FAILURES_KEPT})`)
    .option('--json', 'print one JSON value')
    .action(async (target: string, flags: FuzzFlags) => {
      done(await fuzz(target, flags, context));
    });
}

async function fuzz(target: string, flags: FuzzFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal, pool } = context;
  const numeric = /^\d+$/.test(flags.seed);
  const bug = flags.bug === undefined ? {} : { bug: flags.bug };
  const state = await runCampaign(
    {
      workers: flags.workers,
      now: () => performance.now(),
      stopped: () => context.interrupted(),
      run: (seeds) => pool.run({ kind: 'seeds', target, settings: flags.set, seeds, swarm: true, ...bug }),
    },
    {
      prefix: numeric ? '' : `${flags.seed}-`,
      first: numeric ? Number(flags.seed) : 1,
      ...flags.shard,
      runs: flags.runs ?? (flags.time === undefined ? RUNS : Infinity),
      timeMs: flags.time ?? Infinity,
      failuresMax: flags.keepGoing === true ? FAILURES_KEPT : 1,
      progress: ({ runs, failures, seconds }) => {
        const rate = Math.round(runs / Math.max(0.001, seconds));
        terminal.progress(`${target}   ${runs} runs   ${rate} a second   ${failures.length} failures   ${seconds.toFixed(0)} s`);
      },
    },
  );
  terminal.settle();
  const failures = state.failures.map((failure) => ({ ...failure, file: saveRepro(failure, target, flags) }));
  if (flags.json === true) {
    const shown = failures.map(({ seed, property, message, file, digest }) => ({ seed, property, message, repro: file, digest }));
    const { runs, undecided, marks, seconds, events } = state;
    terminal.out(JSON.stringify({ scenario: target, ...bug, runs, undecided, events, failures: shown, marks, seconds }, null, 2));
  } else {
    await print(target, state, failures, context);
  }
  if (failures.length > 0) return EXIT.violation;
  if (context.interrupted()) return EXIT.interrupted;
  return state.undecided > 0 ? EXIT.undecided : EXIT.ok;
}

function saveRepro(failure: SeedOutcome, target: string, flags: FuzzFlags): string {
  const name = target.replace(/[^\w-]+/g, '-').replace(/^-+|-+$/g, '');
  const bug = flags.bug === undefined ? '' : `-${flags.bug}`;
  const file = join(flags.out, `${name}${bug}-${failure.seed.replace(/[^\w-]+/g, '-')}.json`);
  writeWhole(file, [`${JSON.stringify(failure.repro, null, 2)}\n`]);
  return file;
}

async function print(
  target: string,
  state: CampaignState,
  failures: readonly (SeedOutcome & { readonly file: string })[],
  { terminal, pool }: CommandContext,
): Promise<void> {
  const { paint } = terminal;
  const first = failures[0];
  if (first !== undefined) {
    const { run } = await pool.run({ kind: 'replay', file: first.file, colour: terminal.colour, columns: Math.max(60, Math.min(terminal.columns - 4, 140)) });
    terminal.out(runScreen(run, terminal));
    terminal.out('');
    for (const { seed, property, file } of failures.slice(1)) terminal.out(`  also seed ${seed}: ${property}   ${paint('dim', file)}`);
  }
  const mark = first === undefined ? paint('green', '✓') : paint('red', '✗');
  const rate = Math.round(state.runs / Math.max(0.001, state.seconds));
  const undecided = state.undecided === 0 ? '' : `, ${state.undecided} undecided`;
  terminal.out(
    `${mark} ${paint('bold', target)}   ${state.runs} runs in ${state.seconds.toFixed(1)} s (${rate} a second), ${failures.length} failures${undecided}`,
  );
  const marks = Object.entries(state.marks).map(([name, count]) => `${name} ×${count}`);
  if (marks.length > 0) terminal.out(`  ${paint('dim', 'reached')}  ${marks.join(', ')}`);
  if (first === undefined && state.runs > 0) {
    // The rule of three: with no failure in n runs, the rate is below 3/n at 95 %, under this distribution of faults.
    terminal.out(`  ${paint('dim', `no failure in ${state.runs} runs: fewer than ${(300 / state.runs).toPrecision(2)} % of such runs fail, at 95 %`)}`);
  }
}

import { Command, CommanderError } from 'commander';
import { UsageError } from '../engine/index.js';
import { VERSION } from '../scenarios/version.js';
import { addCap } from './commands/cap.js';
import { addCheck } from './commands/check.js';
import { addFuzz } from './commands/fuzz.js';
import { addList } from './commands/list.js';
import { addNew } from './commands/new.js';
import { addOpen } from './commands/open.js';
import { addReplay } from './commands/replay.js';
import { addRun } from './commands/run.js';
import { addVerify } from './commands/verify.js';
import type { CommandContext } from './context.js';
import { EXIT, type ExitCode } from './exit.js';
import { HungHandler, Pool } from './pool.js';
import { terminalOf, type Terminal } from './terminal.js';

/** Ctrl-C twice within this time ends at once. */
const SECOND_INTERRUPT_MS = 3_000;

/**
 * The `splitbrain` command.
 *
 * @returns the exit status: 0 all that was expected holds, 1 a violation, 2 wrong use or invalid input, 3 undecided, 70 a bug
 * of ours, 130 interrupted.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const terminal = terminalOf(process);
  const pool = new Pool();
  let interruptedAt = 0;
  let ended = false;
  const onInterrupt = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    // A campaign ends in good order, and says what it found; anything else, and a second Ctrl-C, ends at once.
    if (signal !== 'SIGINT' || argv[0] !== 'fuzz' || (interruptedAt > 0 && now - interruptedAt < SECOND_INTERRUPT_MS)) {
      terminal.settle();
      ended = true;
      void pool.close().then(() => process.exit(argv[0] === 'open' ? EXIT.ok : EXIT.interrupted));
    }
    interruptedAt = now;
    pool.stopSeeds();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  try {
    return await execute(argv, { terminal, pool, interrupted: () => interruptedAt > 0 });
  } catch (error) {
    // On the way out already: whatever the end of the workers made of it is no news.
    if (ended) return argv[0] === 'open' ? EXIT.ok : EXIT.interrupted;
    return report(error, terminal);
  } finally {
    terminal.settle();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
    await pool.close();
  }
}

/** One command in a context that may outlive it. What it throws is for `report`. */
export async function execute(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const done = (status: ExitCode): void => {
    code = status;
  };
  const program = makeProgram(context, done);
  await program.parseAsync(argv, { from: 'user' });
  return code;
}

function makeProgram(context: CommandContext, done: (code: ExitCode) => void): Command {
  const { terminal } = context;
  const program = new Command('splitbrain')
    .description(
      'Runs a whole distributed system inside one process, deterministically, breaks it on purpose, and says what went wrong.',
    )
    .version(VERSION, '-V, --version')
    .configureHelp({ showGlobalOptions: false, helpWidth: Math.min(terminal.columns, 110) })
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      outputError: (text, write) => write(`splitbrain: ${inOurWords(text)}`),
    })
    .addHelpText(
      'after',
      '\nFor a first look:\n  splitbrain run raft/leader-crash --seed 42\n  splitbrain run raft/bug-stale-read --bug reads-local\n  splitbrain fuzz raft/leader-crash --bug counts-votes-not-voters',
    );
  addList(program, context, done);
  addRun(program, context, done);
  addReplay(program, context, done);
  addCheck(program, context, done);
  addFuzz(program, context, done);
  addVerify(program, context, done);
  addCap(program, context, done);
  addOpen(program, context, done);
  addNew(program, context, done);
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  return program;
}

/** commander names an option with all its forms, and tells the value twice. */
function inOurWords(text: string): string {
  return text
    .replace(/^error: /, '')
    .replace(/^option '[^']*(--[\w-]+)[^']*' argument '[^]*?' is invalid\. ([^]*?)\.?(?=\n*$)/, '$1: $2');
}

/** One clear message, and a stack only for a bug of ours. */
export function report(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof HungHandler) {
    terminal.err(`${terminal.paint('red', '✗')} violation: ${error.message}`);
    return EXIT.violation;
  }
  const { name, message, hint } = error as UsageError;
  if (error instanceof UsageError || ['FormatError', 'HistoryError', 'UnknownModelError'].includes(name)) {
    terminal.err(`splitbrain: ${message}`);
    if (hint !== undefined) terminal.err(`  ${hint}`);
    return EXIT.usage;
  }
  terminal.err(`splitbrain: a bug of ours, please report it:\n${(error as Error).stack ?? String(error)}`);
  return EXIT.internal;
}

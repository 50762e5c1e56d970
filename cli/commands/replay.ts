import type { Command } from 'commander';
import { legible } from '../../checkers/index.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { checkOutputs } from '../files.js';
import { hungReport } from '../hung.js';
import { HungHandler } from '../pool.js';
import { fileLines } from '../reproduce.js';
import { hungScreen } from '../screens/hung-screen.js';
import { runScreen } from '../screens/run-screen.js';
import { publicReport } from './run.js';

interface ReplayFlags {
  readonly html?: string;
  readonly json?: boolean;
}

export function addReplay(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  program
    .command('replay')
    .summary('run a trace or a repro again')
    .description(
      'Replays a trace choice by choice: the same digest, or the first event that differs. Replays a repro by key: what it does not say takes its usual way.',
    )
    .argument('<file>', 'a trace that `run --trace` wrote, a repro that `fuzz` wrote, or - for standard input')
    .option('--html <file>', 'write one page that shows the run')
    .option('--json', 'print one JSON value')
    .addHelpText(
      'after',
      `
Examples:
  splitbrain run raft/leader-crash --trace run.jsonl && splitbrain replay run.jsonl
  splitbrain replay .splitbrain/raft-leader-crash-counts-votes-not-voters-7.json`,
    )
    .action(async (file: string, flags: ReplayFlags) => {
      done(await replay(file, flags, context));
    });
}

async function replay(file: string, flags: ReplayFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal, pool } = context;
  checkOutputs([flags.html], [file]);
  const job = {
    kind: 'replay',
    file,
    colour: terminal.colour && flags.json !== true,
    columns: Math.max(60, Math.min(terminal.columns - 4, 140)),
    ...(flags.html === undefined ? {} : { htmlFile: flags.html }),
  } as const;
  const watched = pool.run(job, (_, steps) =>
    terminal.progress(`replaying ${file}   ${steps.toLocaleString('en')} steps`),
  );
  let report;
  try {
    report = await watched;
  } catch (error) {
    if (!(error instanceof HungHandler)) throw error;
    return replayHung(file, flags, error, context);
  }
  terminal.settle();
  if (flags.json === true) {
    terminal.out(JSON.stringify({ ...report, run: publicReport(report.run) }, null, 2));
  } else {
    terminal.out(runScreen(report.run, terminal));
    const mark = report.same ? terminal.paint('green', '✓') : terminal.paint('red', '✗');
    terminal.out(`  ${mark} ${legible(report.difference ?? verdictOf(report.of, report.run.verdict))}`);
  }
  // A trace answers whether the run is the same; a repro whether the failure is still there.
  if (!report.same) return EXIT.violation;
  if (report.of === 'trace' || report.run.verdict === 'ok' || report.run.expected) return EXIT.ok;
  return report.run.verdict === 'undecided' ? EXIT.undecided : EXIT.violation;
}

function replayHung(file: string, flags: ReplayFlags, error: HungHandler, { terminal }: CommandContext): ExitCode {
  const run = hungReport(error, { scenario: file, seed: '?', settings: {} }, fileLines(file).reproduce);
  const report = { file, of: 'repro', same: true, difference: null, digest: null, recorded: null, run };
  terminal.settle();
  terminal.out(flags.json === true ? JSON.stringify(report, null, 2) : hungScreen(run, terminal));
  return EXIT.violation;
}

function verdictOf(of: 'trace' | 'repro', verdict: string): string {
  if (of === 'trace') return 'the same run, event by event';
  return verdict === 'violation' ? 'the failure is still there' : 'no failure';
}

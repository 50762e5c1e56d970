import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { runScreen } from '../screens.js';
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
    .argument('<file>', 'a trace that `run --trace` wrote, or a repro that `fuzz` wrote')
    .option('--html <file>', 'write one page that shows the run')
    .option('--json', 'print one JSON value')
    .action(async (file: string, flags: ReplayFlags) => {
      const { terminal, pool } = context;
      const report = await pool.run(
        {
          kind: 'replay',
          file,
          colour: terminal.colour && flags.json !== true,
          columns: Math.max(60, Math.min(terminal.columns - 4, 140)),
          ...(flags.html === undefined ? {} : { htmlFile: flags.html }),
        },
        (_, steps) => terminal.progress(`replaying ${file}   ${steps.toLocaleString('en')} steps`),
      );
      terminal.settle();
      if (flags.json === true) {
        terminal.out(JSON.stringify({ ...report, run: publicReport(report.run) }, null, 2));
      } else {
        terminal.out(runScreen(report.run, terminal));
        const mark = report.same ? terminal.paint('green', '✓') : terminal.paint('red', '✗');
        terminal.out(`  ${mark} ${report.difference ?? verdictOf(report.of, report.run.verdict)}`);
      }
      // A trace answers whether the run is the same; a repro whether the failure is still there.
      if (!report.same) done(EXIT.violation);
      else done(report.of === 'trace' || report.run.verdict === 'ok' ? EXIT.ok : EXIT.violation);
    });
}

function verdictOf(of: 'trace' | 'repro', verdict: string): string {
  if (of === 'trace') return 'the same run, event by event';
  return verdict === 'violation' ? 'the failure is still there' : 'no failure';
}

import type { Command } from 'commander';
import { legible } from '../../checkers/index.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { readText } from '../files.js';
import { seedOption, seedsOption, settingOption, type Settings } from '../options.js';
import { HungHandler } from '../pool.js';
import type { VerifyReport } from '../reports.js';
import { legibleReport } from '../screens/legible-report.js';
import { seedsFrom } from '../seeds.js';

interface VerifyFlags {
  readonly seed: string;
  readonly seeds: number;
  readonly set?: Settings;
  readonly bug?: string;
  readonly json?: boolean;
}

export function addVerify(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  program
    .command('verify')
    .summary('look for nondeterminism in protocol code')
    .description(
      'Runs a scenario twice at the direct speed and once recorded, with clocks and chance of the machine made to throw: one digest, or the first event that differs.',
    )
    .argument('<scenario>', 'a name or a file')
    .option('-s, --seed <seed>', 'the first seed', seedOption, '1')
    .option('-n, --seeds <n>', 'how many seeds', seedsOption, 3)
    .option('--set <key=value>', 'change the scenario; may be given again', settingOption)
    .option('-b, --bug <name>', 'switch on a planted bug')
    .option('--json', 'print one JSON value')
    .addHelpText(
      'after',
      `
Examples:
  splitbrain verify raft/stormy --seeds 20
  splitbrain verify my-protocol/scenario.ts`,
    )
    .action(async (target: string, flags: VerifyFlags) => {
      const { terminal, pool } = context;
      const reports: VerifyReport[] = [];
      const bug = flags.bug === undefined ? {} : { bug: flags.bug };
      const source = target === '-' ? { source: readText('-') } : {};
      const seeds = flags.seeds === 1 ? [flags.seed] : seedsFrom(flags.seed, flags.seeds);
      for (const seed of seeds) {
        const watched = pool.run({ kind: 'verify', target, ...source, settings: flags.set ?? {}, seed, ...bug });
        reports.push(await watched.catch((error: unknown) => hungVerify(error, target, seed)));
        terminal.progress(`${target}   ${reports.length} of ${flags.seeds} seeds`);
      }
      terminal.settle();
      const bad = reports.filter(({ same }) => !same);
      if (flags.json === true)
        terminal.out(JSON.stringify({ scenario: target, runs: reports.length, differences: bad, reports }, null, 2));
      else {
        for (const { seed, digest, events, same, difference } of legibleReport(reports)) {
          const mark = same ? terminal.paint('green', '✓') : terminal.paint('red', '✗');
          terminal.out(
            `${mark} ${terminal.paint('bold', legible(target))}   seed ${seed}   ${same ? `${events} events, digest ${digest}, three times the same` : difference!}`,
          );
        }
      }
      done(bad.length > 0 ? EXIT.violation : EXIT.ok);
    });
}

function hungVerify(error: unknown, scenario: string, seed: string): VerifyReport {
  if (!(error instanceof HungHandler)) throw error;
  return { scenario, seed, digest: null, events: 0, same: false, difference: error.message };
}

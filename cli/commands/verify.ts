import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { countOption, seedOption, settingOption } from '../options.js';
import type { VerifyReport } from '../reports.js';

interface VerifyFlags {
  readonly seed: string;
  readonly seeds: number;
  readonly set: Readonly<Record<string, string>>;
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
    .option('-n, --seeds <n>', 'how many seeds', countOption, 3)
    .option('--set <key=value>', 'change the scenario', settingOption, {})
    .option('-b, --bug <name>', 'switch on a planted bug')
    .option('--json', 'print one JSON value')
    .action(async (target: string, flags: VerifyFlags) => {
      const { terminal, pool } = context;
      const first = /^\d+$/.test(flags.seed) ? Number(flags.seed) : null;
      const reports: VerifyReport[] = [];
      for (let i = 0; i < flags.seeds && !context.interrupted(); i++) {
        const seed = first === null ? (i === 0 ? flags.seed : `${flags.seed}-${i + 1}`) : String(first + i);
        const bug = flags.bug === undefined ? {} : { bug: flags.bug };
        reports.push(await pool.run({ kind: 'verify', target, settings: flags.set, seed, ...bug }));
        terminal.progress(`${target}   ${i + 1} of ${flags.seeds} seeds`);
      }
      terminal.settle();
      const bad = reports.filter(({ same }) => !same);
      if (flags.json === true) terminal.out(JSON.stringify({ scenario: target, runs: reports.length, differences: bad, reports }, null, 2));
      else {
        for (const { seed, digest, events, same, difference } of reports) {
          const mark = same ? terminal.paint('green', '✓') : terminal.paint('red', '✗');
          terminal.out(`${mark} ${terminal.paint('bold', target)}   seed ${seed}   ${same ? `${events} events, digest ${digest}, three times the same` : difference!}`);
        }
      }
      done(context.interrupted() ? EXIT.interrupted : bad.length > 0 ? EXIT.violation : EXIT.ok);
    });
}

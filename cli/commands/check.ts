import type { Command } from 'commander';
import {
  formatVerdict,
  HistoryError,
  type HistoryFormat,
  historyFormats,
  linearizable,
  locateProblem,
  modelNamed,
  readHistory,
  type ReadHistory,
  valueToJson,
} from '../../checkers/index.js';
import { UsageError } from '../../engine/index.js';
import { nearest } from '../../scenarios/index.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { readText } from '../files.js';
import { timeOption } from '../options.js';

interface CheckFlags {
  readonly model: string;
  readonly consistency: string;
  readonly format: string;
  readonly time?: number;
  readonly json?: boolean;
}

export function addCheck(program: Command, { terminal }: CommandContext, done: (code: ExitCode) => void): void {
  program
    .command('check')
    .summary('judge a history, of ours or from elsewhere')
    .description("Judges a history: our JSON lines, Jepsen's EDN, or the logs of Porcupine's test data.")
    .argument('<history>', 'a file, or - for standard input')
    .requiredOption('-m, --model <name>', 'what the operations are about (see `splitbrain list`)')
    .option('-c, --consistency <level>', 'what it should be', 'linearizable')
    .option('-f, --format <name>', `auto, ${Object.keys(historyFormats).join(', ')}`, 'auto')
    .option('--time <time>', 'give up after this long, e.g. 30s', timeOption)
    .option('--json', 'print one JSON value')
    .addHelpText(
      'after',
      `
Examples:
  splitbrain run raft/leader-crash --history h.jsonl && splitbrain check h.jsonl --model kv
  splitbrain check jepsen.edn --model cas-register --time 30s
  cat h.jsonl | splitbrain check - --model kv --json`,
    )
    .action((file: string, flags: CheckFlags) => {
      const model = modelNamed(flags.model);
      if (flags.consistency !== 'linearizable') {
        throw new UsageError(
          'consistency',
          `there is no consistency level ${JSON.stringify(flags.consistency)}`,
          nearest(flags.consistency, ['linearizable']),
        );
      }
      const formats = ['auto', ...Object.keys(historyFormats)];
      if (!formats.includes(flags.format)) {
        throw new UsageError(
          'format',
          `there is no format ${JSON.stringify(flags.format)}`,
          nearest(flags.format, formats),
        );
      }
      const shown = file === '-' ? 'standard input' : file;
      const read = readHistory(readText(file), { format: flags.format as HistoryFormat | 'auto', file: shown });
      const end = flags.time === undefined ? Infinity : performance.now() + flags.time;
      const result = located(read, shown, () =>
        linearizable(read.history, model, { evidence: true, shouldStop: () => performance.now() > end }),
      );
      if (flags.json === true) {
        const { verdict, consistency, operations, keys, steps, exhausted } = result;
        const violations = keys.filter((key) => key.verdict === 'violation');
        const report = {
          verdict,
          model: model.name,
          consistency,
          operations,
          violations,
          keys,
          steps,
          exhausted: exhausted ?? null,
        };
        terminal.out(
          JSON.stringify(report, (_, value: unknown) => (typeof value === 'bigint' ? valueToJson(value) : value), 2),
        );
      } else {
        terminal.out(
          formatVerdict(result, { colour: terminal.colour, columnsMax: Math.max(60, Math.min(terminal.columns, 140)) }),
        );
      }
      done(result.verdict === 'ok' ? EXIT.ok : result.verdict === 'violation' ? EXIT.violation : EXIT.undecided);
    });
}

/** Problems of the history as a whole, such as an answer to nothing, at the lines where they stand. */
function located<T>(read: ReadHistory, file: string, judge: () => T): T {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    const lines = error.problems.map((problem) => locateProblem(problem, read, file));
    throw new UsageError('history', lines.join('\n'), error.hint);
  }
}

import { InvalidArgumentError, type Command } from 'commander';
import {
  evidenceSvg,
  historyFormats,
  readHistory,
  valueToJson,
  type HistoryFormat,
  type StalenessBound,
} from '../../checkers/index.js';
import { parseDuration, UsageError, type Micros } from '../../engine/index.js';
import { nearest } from '../../scenarios/nearest.js';
import { evidenceOf, judgeHistory, knownModel } from '../check-history.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { evidencePage } from '../evidence-page.js';
import { checkOutputs, readText, writeWhole } from '../files.js';
import { HISTORY_ENDINGS, writeHistoryFile } from '../history-file.js';
import { memoryOption, stepsOption, timeOption } from '../options.js';
import { historyIn } from '../store.js';
import type { Terminal } from '../terminal.js';

interface CheckFlags {
  readonly model?: string;
  readonly consistency?: string;
  readonly format: string;
  readonly independent?: boolean;
  readonly staleness?: StalenessBound;
  readonly settle?: Micros;
  readonly time?: number;
  readonly steps?: number;
  readonly memory?: number;
  readonly certify?: boolean;
  readonly history?: string;
  readonly html?: string;
  readonly svg?: string;
  readonly json?: boolean;
}

const PAIRS = '  values were taken for pairs [key value], as in independent tests; if they are not: --no-independent';

export function addCheck(program: Command, { terminal }: CommandContext, done: (code: ExitCode) => void): void {
  program
    .command('check')
    .summary('judge a history, of ours or from elsewhere')
    .description("Judges a history: our JSON lines, Jepsen's EDN, or the logs of Porcupine's test data.")
    .argument('<history>', 'a file, - for standard input, or the folder of a test of Jepsen or Maelstrom')
    .option(
      '-m, --model <name>',
      'what the operations are about (see `splitbrain list`); transactions tell it themselves',
    )
    .option(
      '-c, --consistency <level>',
      'what it should be, or all (default: linearizable; transactions: strict-serializable)',
    )
    .option('-f, --format <name>', `auto, ${Object.keys(historyFormats).join(', ')}`, 'auto')
    .option('--independent', 'EDN: values are pairs of a key and a value (else recognised by the reads)')
    .option('--no-independent', 'EDN: values of two elements are just that')
    .option(
      '--staleness <bound>',
      'how far behind bounded-staleness lets reads be: 3 (versions) or 200ms',
      stalenessOption,
    )
    .option('--settle <time>', 'eventual: how long after the last write all must agree', settleOption)
    .option('--steps <n>', 'give up after so many steps, e.g. 500M (default: 100M; of each level)', stepsOption)
    .option('--memory <size>', 'give up rather than take more, e.g. 2GB (default: 512MB)', memoryOption)
    .option('--time <time>', 'give up after this long, e.g. 30s', timeOption)
    .option('--certify', 'linearizable: have the verdict confirmed by a second, separate checker')
    .option('--history <file>', `write the history anew: ${HISTORY_ENDINGS}`)
    .option('--html <file>', 'write a page that shows the whole history and what was found')
    .option('--svg <file>', 'write a picture of what was found')
    .option('--json', 'print one JSON value')
    .addHelpText(
      'after',
      `
Examples:
  splitbrain run raft/leader-crash --history h.jsonl && splitbrain check h.jsonl --model kv
  splitbrain check h.jsonl --model kv --consistency all
  splitbrain check elle.edn --consistency snapshot-isolation
  cat h.jsonl | splitbrain check - --model kv --json`,
    )
    .action((file: string, flags: CheckFlags) => done(check(file, flags, terminal)));
}

function check(file: string, flags: CheckFlags, terminal: Terminal): ExitCode {
  const formats = ['auto', ...Object.keys(historyFormats)];
  if (!formats.includes(flags.format)) {
    throw new UsageError(
      'format',
      `there is no format ${JSON.stringify(flags.format)}`,
      nearest(flags.format, formats),
    );
  }
  if (flags.model !== undefined) knownModel(flags.model);
  checkOutputs([flags.history, flags.html, flags.svg], [historyIn(file)]);
  const shown = file === '-' ? 'standard input' : historyIn(file);
  const read = readHistory(readText(historyIn(file)), {
    format: flags.format as HistoryFormat | 'auto',
    file: shown,
    ...(flags.independent !== undefined && { independent: flags.independent }),
  });
  const end = flags.time === undefined ? Infinity : performance.now() + flags.time;
  const judged = judgeHistory(read, shown, {
    model: flags.model,
    consistency: flags.consistency,
    staleness: flags.staleness,
    settleUs: flags.settle,
    certify: flags.certify === true,
    budget: {
      ...(flags.steps !== undefined && { steps: flags.steps }),
      ...(flags.memory !== undefined && { memoryBytes: flags.memory }),
    },
    shouldStop: () => performance.now() > end,
  });
  if (flags.history !== undefined) writeHistoryFile(flags.history, read.history);
  if (flags.html !== undefined || flags.svg !== undefined) {
    const data = evidenceOf(judged, read.history, flags.model);
    if (flags.html !== undefined) writeWhole(flags.html, [evidencePage(data)]);
    if (flags.svg !== undefined) writeWhole(flags.svg, [evidenceSvg(data)]);
  }
  if (flags.json === true) {
    const exact = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? valueToJson(value) : value);
    const report = { ...judged.report, ...(read.takenForPairs && { takenForPairs: true }) };
    terminal.out(JSON.stringify(report, exact, 2));
  } else {
    const columnsMax = Math.max(60, Math.min(terminal.columns, 140));
    terminal.out(judged.text({ colour: terminal.colour, columnsMax }));
    if (read.takenForPairs) terminal.out(terminal.paint('dim', PAIRS));
  }
  const { verdict } = judged.report;
  return verdict === 'ok' ? EXIT.ok : verdict === 'violation' ? EXIT.violation : EXIT.undecided;
}

function stalenessOption(text: string): StalenessBound {
  if (/^\d{1,9}$/.test(text)) return { versions: Number(text) };
  const us = parseDuration(text);
  if (us === undefined || us < 0) {
    throw new InvalidArgumentError(
      `${JSON.stringify(text)} (a number of versions or a time such as 200ms was expected).`,
    );
  }
  return { us };
}

function settleOption(text: string): Micros {
  const us = parseDuration(text);
  if (us === undefined || us < 0)
    throw new InvalidArgumentError(`${JSON.stringify(text)} (a time such as 500ms or 2s was expected).`);
  return us;
}

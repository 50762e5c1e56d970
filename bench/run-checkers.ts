import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FormatError, writeEtcdLog, writeJepsen, writeJsonl, writePorcupineKv } from '../checkers/index.js';
import type { HistoryEvent } from '../engine/history.js';
import { conformance, conformanceTable, conforms } from './conformance.js';
import { ROOT } from './contestants.js';
import { cpuClock } from './cpu-clock.js';
import { objectHistory, withLateFault } from './object-history.js';
import { table } from './report.js';
import { scaling, scalingReport } from './scaling.js';
import { spread, type Spread } from './statistics.js';
import { filledCommand, timeProcess, type ProcessRun } from './timed-process.js';

const USAGE = `usage: npm run bench:checkers -- [options]
  --conformance DIR   instead: judge the files that DIR/verdicts.csv names (file,verdict); ends with 1 where one differs
  --scaling           instead: how each monitor's time grows with the history
  --operations N      the longest history of --scaling (1000000; all monitors but the register's end at 300000)
  --against COMMAND   another checker, with {file} and, if it wants one, {model}; timed in turn with ours
  --format NAME       how histories are written for it: jsonl, jepsen, etcd-log or porcupine-kv (jsonl)
  --rounds N          rounds, each checker once in each (5; --conformance and --scaling: 7)
  --timeout-s N       who takes longer is ended (120)
  --out FOLDER        where the histories are written, to be kept (node_modules/.cache/bench/histories)
  --json              one JSON value on stdout, progress on stderr`;

const SEED = 'bench';

interface Case {
  readonly name: string;
  /** As `splitbrain check --model` names it. */
  readonly model: string;
  readonly history: readonly HistoryEvent[];
}

/** From a seed, so that everybody has the same files. */
function cases(): Case[] {
  const register = { object: 'register', clients: 10, keys: 0, seed: SEED } as const;
  const searched = objectHistory({ ...register, operations: 10_000, values: 5 });
  const crowd = { clients: 50, keys: 10, values: 0, seed: SEED } as const;
  return [
    { name: 'register-10k', model: 'register', history: searched },
    { name: 'register-10k-late-violation', model: 'register', history: withLateFault(searched, 77) },
    {
      name: 'register-unique-100k',
      model: 'register',
      history: objectHistory({ ...register, operations: 100_000, values: 0 }),
    },
    {
      name: 'appends-50-clients-violation',
      model: 'kv-text',
      history: withLateFault(objectHistory({ object: 'append', operations: 3_000, ...crowd }), 'x 0 0 y'),
    },
  ];
}

const WRITERS: Readonly<Record<string, (history: readonly HistoryEvent[]) => string>> = {
  jsonl: (history) => writeJsonl(history),
  jepsen: (history) => writeJepsen(history),
  'etcd-log': (history) => writeEtcdLog(history),
  'porcupine-kv': (history) => writePorcupineKv(history),
};

interface Row {
  readonly case: string;
  readonly checker: 'ours' | 'theirs';
  readonly wallMs: Spread;
  readonly peakMb: number;
  readonly status: ProcessRun['status'];
}

interface Settings {
  readonly conformance: string | undefined;
  readonly scaling: boolean;
  readonly operations: number;
  readonly against: string | undefined;
  readonly format: string;
  readonly rounds: number;
  readonly timeoutMs: number;
  readonly out: string;
  readonly json: boolean;
}

/** The history as a file of a format, undefined where the format cannot hold it: a log of one register has no keys. */
function written({ name, history }: Case, format: string, folder: string): string | undefined {
  let text: string;
  try {
    text = WRITERS[format]!(history);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${name} cannot be written as ${format}: ${error.message}\n`);
    return undefined;
  }
  const file = join(folder, `${name}.${format}`);
  writeFileSync(file, text);
  return file;
}

async function measure(one: Case, settings: Settings): Promise<Row[]> {
  const { against, format, rounds, timeoutMs, out } = settings;
  const ours = join(out, `${one.name}.jsonl`);
  writeFileSync(ours, writeJsonl(one.history));
  const commands = new Map<Row['checker'], readonly string[]>([
    ['ours', [process.execPath, join(ROOT, 'bin', 'splitbrain.js'), 'check', ours, '--model', one.model]],
  ]);
  const theirs = against === undefined ? undefined : written(one, format, out);
  if (against !== undefined && theirs !== undefined) commands.set('theirs', filledCommand(against, theirs, one.model));
  const runs = new Map<Row['checker'], ProcessRun[]>([...commands.keys()].map((checker) => [checker, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [checker, command] of commands) {
      const run = await timeProcess(command, timeoutMs);
      runs.get(checker)!.push(run);
      process.stderr.write(`round ${round}/${rounds}  ${one.name}  ${checker}  ${run.wallMs.toFixed(0)} ms\n`);
    }
  }
  return [...runs].map(([checker, all]) => ({
    case: one.name,
    checker,
    wallMs: spread(all.map(({ wallMs }) => wallMs)),
    peakMb: Math.max(...all.map(({ peakMb }) => peakMb)),
    status: all.at(-1)!.status,
  }));
}

function settingsFrom(argv: readonly string[]): Settings | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      conformance: { type: 'string' },
      scaling: { type: 'boolean', default: false },
      operations: { type: 'string', default: '1000000' },
      against: { type: 'string' },
      format: { type: 'string', default: 'jsonl' },
      rounds: { type: 'string' },
      'timeout-s': { type: 'string', default: '120' },
      out: { type: 'string', default: join(ROOT, 'node_modules', '.cache', 'bench', 'histories') },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const instead = values.conformance !== undefined || values.scaling;
  if (values.conformance !== undefined && values.scaling) throw new Error('--conformance and --scaling: one at a time');
  const [rounds, timeoutS] = [Number(values.rounds ?? (instead ? 7 : 5)), Number(values['timeout-s'])];
  const operations = Number(values.operations);
  if (!Number.isInteger(operations) || operations < 1_000)
    throw new Error(`--operations takes a whole number from 1000, not '${values.operations}'`);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds takes a whole number from 1, not '${values.rounds}'`);
  if (!(timeoutS > 0)) throw new Error(`--timeout-s takes a number above 0, not '${values['timeout-s']}'`);
  if (!Object.hasOwn(WRITERS, values.format))
    throw new Error(`no format is named '${values.format}': there are ${Object.keys(WRITERS).join(', ')}`);
  const { conformance, scaling, against, format, out, json } = values;
  return { conformance, scaling, operations, against, format, rounds, timeoutMs: timeoutS * 1_000, out, json };
}

async function main(settings: Settings): Promise<void> {
  if (settings.conformance !== undefined) return mainConformance(settings.conformance, settings);
  if (settings.scaling) return mainScaling(settings);
  mkdirSync(settings.out, { recursive: true });
  const rows: Row[] = [];
  for (const one of cases()) rows.push(...(await measure(one, settings)));
  if (settings.json) {
    process.stdout.write(`${JSON.stringify({ rounds: settings.rounds, folder: settings.out, rows })}\n`);
    return;
  }
  const cells = rows.map((row) => [
    `${row.case}  ${row.checker}`,
    `${row.wallMs.median.toFixed(0)} (${row.wallMs.min.toFixed(0)}–${row.wallMs.max.toFixed(0)})`,
    row.peakMb.toFixed(0),
    String(row.status),
  ]);
  process.stdout.write(
    `\nWhole processes, start and reading included; the histories are in ${settings.out}\n${table([['', 'wall ms', 'peak MB', 'exit'], ...cells])}\n`,
  );
}

const progress = (line: string): void => void process.stderr.write(`${line}\n`);

async function mainConformance(folder: string, { rounds, against, timeoutMs, json }: Settings): Promise<void> {
  const rows = await conformance({ folder, rounds, against, timeoutMs, clock: cpuClock(), progress });
  process.stdout.write(`${json ? JSON.stringify({ rounds, folder, rows }) : conformanceTable(rows)}\n`);
  if (!conforms(rows)) process.exitCode = 1;
}

function mainScaling({ rounds, operations, json }: Settings): void {
  const curves = scaling({ rounds, operationsMax: operations, clock: cpuClock(), progress });
  process.stdout.write(`${json ? JSON.stringify({ rounds, curves }) : scalingReport(curves)}\n`);
}

let settings: Settings | 'help';
try {
  settings = settingsFrom(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exit(2);
}
if (settings === 'help') process.stdout.write(`${USAGE}\n`);
else {
  try {
    await main(settings);
  } catch (error) {
    // What was given cannot be read, or there is no such folder, file or command.
    if (!(error instanceof FormatError || (error instanceof Error && 'syscall' in error))) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

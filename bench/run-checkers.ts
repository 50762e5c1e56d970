import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeEtcdLog, writeJepsen, writeJsonl, writePorcupineKv } from '../checkers/index.js';
import type { HistoryEvent } from '../engine/history.js';
import { ROOT } from './contestants.js';
import { objectHistory, withLateFault } from './object-history.js';
import { table } from './report.js';
import { spread, type Spread } from './statistics.js';

const USAGE = `usage: npm run bench:checkers -- [options]
  --against COMMAND   another checker, with {file} and, if it wants one, {model}; timed in turn with ours
  --format NAME       how histories are written for it: jsonl, jepsen, etcd-log or porcupine-kv (jsonl)
  --rounds N          rounds, each checker once in each (5)
  --timeout-s N       who takes longer is ended (120)
  --out FOLDER        where the histories are written, to be kept (node_modules/.cache/bench/histories)
  --json              one JSON value on stdout, progress on stderr`;

const SEED = 'bench';
const LOOK_EVERY_MS = 5;

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

interface Run {
  readonly wallMs: number;
  /** The most memory that the process had, looked up every few milliseconds; 0 where the system does not say. */
  readonly peakMb: number;
  /** Its exit status, or `ended` when its time was up. */
  readonly status: number | 'ended';
}

function timed(command: readonly string[], timeoutMs: number): Promise<Run> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(command[0]!, command.slice(1), { stdio: 'ignore' });
    let peakMb = 0;
    let ended = false;
    const look = setInterval(() => {
      peakMb = Math.max(peakMb, peakOf(child.pid!));
      if (performance.now() - begun <= timeoutMs) return;
      ended = true;
      child.kill('SIGKILL');
    }, LOOK_EVERY_MS);
    child.once('error', (error) => {
      clearInterval(look);
      reject(error);
    });
    child.once('exit', (code) => {
      clearInterval(look);
      resolve({ wallMs: performance.now() - begun, peakMb, status: ended ? 'ended' : (code ?? -1) });
    });
  });
}

function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    // It has just ended, or this system has no such file.
    return 0;
  }
}

interface Row {
  readonly case: string;
  readonly checker: 'ours' | 'theirs';
  readonly wallMs: Spread;
  readonly peakMb: number;
  readonly status: Run['status'];
}

interface Settings {
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
  if (against !== undefined && theirs !== undefined) {
    const filled = (word: string): string => word.replaceAll('{file}', theirs).replaceAll('{model}', one.model);
    commands.set(
      'theirs',
      against
        .split(' ')
        .filter((word) => word !== '')
        .map(filled),
    );
  }
  const runs = new Map<Row['checker'], Run[]>([...commands.keys()].map((checker) => [checker, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [checker, command] of commands) {
      const run = await timed(command, timeoutMs);
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
      against: { type: 'string' },
      format: { type: 'string', default: 'jsonl' },
      rounds: { type: 'string', default: '5' },
      'timeout-s': { type: 'string', default: '120' },
      out: { type: 'string', default: join(ROOT, 'node_modules', '.cache', 'bench', 'histories') },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const [rounds, timeoutS] = [Number(values.rounds), Number(values['timeout-s'])];
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds takes a whole number from 1, not '${values.rounds}'`);
  if (!(timeoutS > 0)) throw new Error(`--timeout-s takes a number above 0, not '${values['timeout-s']}'`);
  if (!Object.hasOwn(WRITERS, values.format))
    throw new Error(`no format is named '${values.format}': there are ${Object.keys(WRITERS).join(', ')}`);
  const { against, format, out, json } = values;
  return { against, format, rounds, timeoutMs: timeoutS * 1_000, out, json };
}

async function main(settings: Settings): Promise<void> {
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

let settings: Settings | 'help';
try {
  settings = settingsFrom(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exit(2);
}
if (settings === 'help') process.stdout.write(`${USAGE}\n`);
else await main(settings);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  casRegister,
  certificateFault,
  FormatError,
  kvText,
  linearizable,
  readHistory,
  type Verdict,
} from '../checkers/index.js';
import { ROOT } from './contestants.js';
import type { CpuClock } from './cpu-clock.js';
import { table } from './report.js';
import { spread, type Spread } from './statistics.js';
import { filledCommand, timeProcess, type ProcessRun } from './timed-process.js';

const VERDICTS = 'verdicts.csv';

export interface Expectation {
  readonly file: string;
  readonly verdict: 'ok' | 'violation';
}

/** What a folder's `verdicts.csv` says: `file,verdict`, one file a line below that heading. @throws FormatError */
export function expectationsFrom(csv: string): Expectation[] {
  const [heading = '', ...lines] = csv.split(/\r?\n/);
  const refuse = (line: number, value: string, expected: string): FormatError =>
    new FormatError({
      code: 'syntax',
      line,
      column: 1,
      value,
      expected,
      hint: 'Such as: log_1.txt,ok',
      file: VERDICTS,
    });
  if (heading !== 'file,verdict') throw refuse(1, heading, 'the heading file,verdict');
  const rows: Expectation[] = [];
  for (const [i, line] of lines.entries()) {
    if (line === '') continue;
    const [file = '', verdict, ...more] = line.split(',');
    if (file === '' || more.length > 0 || (verdict !== 'ok' && verdict !== 'violation'))
      throw refuse(i + 2, line, "a file's name, a comma, and ok or violation");
    rows.push({ file, verdict });
  }
  if (rows.length === 0) throw refuse(2, '', 'at least one file');
  return rows;
}

export interface ConformanceRow extends Expectation {
  readonly operations: number;
  readonly ours: Verdict;
  /** What decided it: a monitor's name, `search` or `frontier`; of the key that took part in the verdict. */
  readonly by: string;
  /** Confirmed by the separate checker of certificates. */
  readonly certified: boolean;
  /** CPU time for the verdict alone, and with reading the text. */
  readonly checkMs: Spread;
  readonly withReadingMs: Spread;
  /** Whole processes, start and reading included, each in turn with the other. */
  readonly processes?: { readonly ours: Beside; readonly theirs: Beside };
}

interface Beside {
  readonly wallMs: Spread;
  readonly peakMb: number;
  readonly status: ProcessRun['status'];
}

export interface ConformanceSettings {
  readonly folder: string;
  readonly rounds: number;
  readonly clock: CpuClock;
  /** Another checker's command, with `{file}` and, if it wants one, `{model}`. */
  readonly against: string | undefined;
  readonly timeoutMs: number;
  readonly progress: (line: string) => void;
}

/** Every file of the folder in each round, so that what disturbs the machine for a while disturbs all of them. */
export async function conformance(settings: ConformanceSettings): Promise<ConformanceRow[]> {
  const { folder, rounds, progress } = settings;
  const files = expectationsFrom(readFileSync(join(folder, VERDICTS), 'utf8')).map(
    (expected) => new ConformanceFile(expected, settings),
  );
  for (let round = 1; round <= rounds; round++) {
    for (const file of files) {
      file.time();
      await file.timeProcesses();
    }
    progress(`round ${round}/${rounds}  ${files.length} files`);
  }
  return files.map((file) => file.row());
}

class ConformanceFile {
  private readonly path: string;
  private readonly text: string;
  private readonly checkMs: number[] = [];
  private readonly withReadingMs: number[] = [];
  private readonly runs = { ours: [] as ProcessRun[], theirs: [] as ProcessRun[] };

  constructor(
    private readonly expected: Expectation,
    private readonly settings: ConformanceSettings,
  ) {
    this.path = join(settings.folder, expected.file);
    this.text = readFileSync(this.path, 'utf8');
  }

  time(): void {
    const { clock } = this.settings;
    const begun = clock.nowNs();
    const { history, model } = this.read();
    const read = clock.nowNs();
    linearizable(history, model);
    const done = clock.nowNs();
    this.checkMs.push((done - read) / 1e6);
    this.withReadingMs.push((done - begun) / 1e6);
  }

  async timeProcesses(): Promise<void> {
    const { against, timeoutMs } = this.settings;
    if (against === undefined) return;
    const { name } = this.read().model;
    const ours = [process.execPath, join(ROOT, 'bin', 'splitbrain.js'), 'check', this.path, '--model', name];
    this.runs.ours.push(await timeProcess(ours, timeoutMs));
    this.runs.theirs.push(await timeProcess(filledCommand(against, this.path, name), timeoutMs));
  }

  row(): ConformanceRow {
    const { history, model } = this.read();
    const result = linearizable(history, model, { evidence: true });
    const decisive = result.keys.find(({ verdict }) => verdict === result.verdict);
    const { ours, theirs } = this.runs;
    return {
      ...this.expected,
      operations: result.operations,
      ours: result.verdict,
      by: decisive?.by ?? '',
      certified: certificateFault(history, model, result) === undefined,
      checkMs: spread(this.checkMs),
      withReadingMs: spread(this.withReadingMs),
      ...(theirs.length > 0 && { processes: { ours: beside(ours), theirs: beside(theirs) } }),
    };
  }

  /** Logs of etcd are of one register with compare-and-set; the others of a key-value store of texts. */
  private read() {
    const { format, history } = readHistory(this.text, { file: this.path });
    return { history, model: format === 'etcd-log' ? casRegister : kvText };
  }
}

function beside(runs: readonly ProcessRun[]): Beside {
  return {
    wallMs: spread(runs.map(({ wallMs }) => wallMs)),
    peakMb: Math.max(...runs.map(({ peakMb }) => peakMb)),
    status: runs.at(-1)!.status,
  };
}

/** Are all verdicts the expected ones, and confirmed? */
export function conforms(rows: readonly ConformanceRow[]): boolean {
  return rows.every(({ verdict, ours, certified }) => verdict === ours && certified);
}

const sum = (rows: readonly ConformanceRow[], of: (row: ConformanceRow) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

const besideCells = ({ wallMs, peakMb, status }: Beside): string[] => [
  wallMs.median.toFixed(0),
  peakMb.toFixed(0),
  String(status),
];

/** A line a file, and their sum. */
export function conformanceTable(rows: readonly ConformanceRow[]): string {
  const compared = rows.some(({ processes }) => processes !== undefined);
  const heading = ['file', 'operations', 'expected', 'ours', 'certified', 'by', 'check CPU ms', 'with reading'];
  const more = ['ours: wall ms', 'peak MB', 'exit', 'theirs: wall ms', 'peak MB', 'exit'];
  const lines = rows.map((row) => [
    row.file,
    String(row.operations),
    row.verdict,
    row.ours === row.verdict ? row.ours : `${row.ours} ✗`,
    row.certified ? 'yes' : 'no ✗',
    row.by,
    row.checkMs.median.toFixed(2),
    row.withReadingMs.median.toFixed(2),
    ...(row.processes === undefined ? [] : [...besideCells(row.processes.ours), ...besideCells(row.processes.theirs)]),
  ]);
  const equal = rows.filter(({ verdict, ours }) => verdict === ours).length;
  const total = [
    `${rows.length} files, sum of medians`,
    String(sum(rows, ({ operations }) => operations)),
    '',
    `${equal} equal`,
    String(rows.filter(({ certified }) => certified).length),
    '',
    sum(rows, ({ checkMs }) => checkMs.median).toFixed(1),
    sum(rows, ({ withReadingMs }) => withReadingMs.median).toFixed(1),
    ...(compared
      ? (['ours', 'theirs'] as const).flatMap((who) => [
          sum(rows, ({ processes }) => processes?.[who].wallMs.median ?? 0).toFixed(0),
          '',
          '',
        ])
      : []),
  ];
  return table([compared ? [...heading, ...more] : heading, ...lines, total]);
}

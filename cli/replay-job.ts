import {
  readTrace,
  TraceFileError,
  UsageError,
  type HostServices,
  type TraceEvent,
  type TraceFile,
} from '../engine/index.js';
import { ReplayMismatch, formatDuration } from '../engine/index.js';
import { readRepro } from '../fuzz/index.js';
import {
  addedBy,
  runScenario,
  withSettings,
  type Added,
  type RunOptions,
  type Scenario,
  type ScenarioRun,
} from '../scenarios/index.js';
import { readText } from './files.js';
import type { Job } from './jobs.js';
import { locatedInFile, type LoadScenario } from './load.js';
import type { ReplayReport } from './reports.js';
import { fileLines } from './reproduce.js';
import { reportOf, type Outputs } from './run-job.js';

type ReplayJob = Extract<Job, { kind: 'replay' }>;

/** Replays a trace strictly, or a repro by key. */
export async function executeReplay(job: ReplayJob, load: LoadScenario, host: HostServices): Promise<ReplayReport> {
  const text = readText(job.file);
  if (text.trim() === '')
    throw new UsageError('replay', `${nameOf(job.file)} is empty (a trace or a repro was expected)`);
  const firstLine = text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'));
  return firstLine.includes('splitbrain-trace') || !looksLikeRepro(text)
    ? replayTrace(job, text, load, host)
    : replayRepro(job, text, load, host);
}

/** A file's name in a message. */
function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

function looksLikeRepro(text: string): boolean {
  return text.slice(0, 4_096).includes('splitbrain-repro');
}

async function replayTrace(
  job: ReplayJob,
  text: string,
  load: LoadScenario,
  host: HostServices,
): Promise<ReplayReport> {
  const trace = inFile(nameOf(job.file), () => readTrace(text.split('\n')));
  const { header, footer } = trace;
  const scenario = await inFileLater(nameOf(job.file), () =>
    scenarioOf(header.file ?? header.scenario, header.settings, load),
  );
  const options = {
    ...commonOptions(header.seed, header.bug, header.added as Added | undefined, host),
    ...outputLevel(job),
    ...(footer.ending === 'stopped' ? { online: true } : {}),
  };
  const replay = trace.choices === null ? {} : { choices: { replay: trace.choices } };
  let run: ScenarioRun;
  let mismatch: string | null = null;
  try {
    run = judged(nameOf(job.file), text, () => runScenario(scenario, { ...options, ...replay }));
  } catch (error) {
    if (!(error instanceof ReplayMismatch)) throw error;
    mismatch = error.message;
    // Without the record, to be able to say at which event the ways part.
    run = runScenario(scenario, options);
  }
  const difference = differenceFrom(trace, run, mismatch);
  return {
    file: job.file,
    of: 'trace',
    same: difference === null,
    difference,
    digest: run.result.digest,
    recorded: footer.digest,
    run: reportOf(run, header.settings, options.trace, outputsOf(job), fileLines(job.file)),
  };
}

async function replayRepro(
  job: ReplayJob,
  text: string,
  load: LoadScenario,
  host: HostServices,
): Promise<ReplayReport> {
  const repro = readRepro(text, nameOf(job.file));
  const scenario = await inFileLater(nameOf(job.file), () =>
    scenarioOf(repro.file ?? repro.scenario, repro.settings ?? {}, load),
  );
  const options = {
    ...commonOptions(repro.seed, repro.bug, repro, host),
    ...outputLevel(job),
    ...(repro.online === undefined ? {} : { online: repro.online }),
  };
  const overrides = new Map(Object.entries(repro.overrides ?? {}));
  const run = judged(nameOf(job.file), text, () => runScenario(scenario, { ...options, choices: { overrides } }));
  const shown = repro.property === undefined || run.violations.some(({ property }) => property === repro.property);
  return {
    file: job.file,
    of: 'repro',
    same: shown,
    difference: shown ? null : `the repro is there to show a violation of ${repro.property!}, and this run has none`,
    digest: run.result.digest,
    recorded: repro.digest ?? null,
    run: reportOf(run, repro.settings ?? {}, options.trace, outputsOf(job), fileLines(job.file)),
  };
}

function commonOptions(
  seed: string,
  bug: string | undefined,
  added: Added | undefined,
  host: HostServices,
): RunOptions {
  return {
    seed,
    host,
    ...(bug === undefined ? {} : { bug }),
    ...addedBy(added ?? {}),
  };
}

function outputLevel(job: ReplayJob): { trace: 'events' | 'states'; speed: 'direct' | 'recorded' } {
  return job.htmlFile === undefined ? { trace: 'events', speed: 'direct' } : { trace: 'states', speed: 'recorded' };
}

function outputsOf({ htmlFile, colour, columns }: ReplayJob): Outputs {
  return { colour, columns, ...(htmlFile === undefined ? {} : { htmlFile }) };
}

async function scenarioOf(
  target: string,
  settings: Readonly<Record<string, string>>,
  load: LoadScenario,
): Promise<Scenario> {
  const loaded = await load(target);
  if (loaded.kind === 'experiment') throw new UsageError('replay', `${target} is an experiment, which has no traces`);
  return withSettings(loaded, settings);
}

/** What only shows while running (a node that is none, a bug that is unknown) is the file's fault all the same. */
function judged(file: string, text: string, run: () => ScenarioRun): ScenarioRun {
  try {
    return run();
  } catch (error) {
    throw error instanceof ReplayMismatch ? error : locatedInFile(error, file, looksLikeRepro(text) ? text : null);
  }
}

async function inFileLater<T>(file: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw locatedInFile(error, file, null);
  }
}

function inFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TraceFileError) {
      const rest = error.message.replace(/^line \d+: /, '');
      throw new UsageError(error.code, `${file}:${error.line}:1: ${rest}`, error.hint);
    }
    if (error instanceof UsageError) throw new UsageError(error.code, `${file}: ${error.message}`, error.hint);
    throw error;
  }
}

/** Where a replay leaves the record, in a sentence; null when it does not. */
function differenceFrom(trace: TraceFile, run: ScenarioRun, mismatch: string | null): string | null {
  if (mismatch === null && run.result.digest === trace.footer.digest) return null;
  const log = run.result.trace!;
  for (const recorded of trace.events) {
    const now = recorded.id > log.length ? null : log.event(recorded.id);
    if (now !== null && sameEvent(recorded, now)) continue;
    return `event ${recorded.id} differs: the trace has ${tell(recorded)}, this run has ${now === null ? 'ended' : tell(now)}`;
  }
  const written = trace.header.by;
  return (
    mismatch ??
    `every event is the same, yet the digests differ: contents changed (the trace was written by version ${written})`
  );
}

function sameEvent(a: TraceEvent, b: TraceEvent): boolean {
  return (
    a.time === b.time &&
    a.kind === b.kind &&
    a.node === b.node &&
    a.peer === b.peer &&
    a.name === b.name &&
    a.why === b.why
  );
}

function tell({ time, kind, node, peer, name }: TraceEvent): string {
  const what = [node, kind, name, peer === undefined ? undefined : `(${peer})`].filter(
    (part) => part !== undefined && part !== null,
  );
  return `"${what.join(' ')}" at ${formatDuration(time)}`;
}

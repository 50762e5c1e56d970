import { readTrace, TraceFileError, UsageError, type HostServices, type TraceEvent, type TraceFile } from '../engine/index.js';
import { ReplayMismatch, formatDuration, type Fault, type NetworkConfig } from '../engine/index.js';
import { readRepro, type Repro } from '../fuzz/index.js';
import { runScenario, withSettings, type RunOptions, type Scenario, type ScenarioRun } from '../scenarios/index.js';
import { readText } from './files.js';
import type { Job } from './jobs.js';
import { loadScenario } from './load.js';
import type { ReplayReport } from './reports.js';
import { shellWord } from './reproduce.js';
import { reportOf, type Outputs } from './run-job.js';

type ReplayJob = Extract<Job, { kind: 'replay' }>;

/** Replays a trace strictly, or a repro by key. */
export async function executeReplay(job: ReplayJob, host: HostServices): Promise<ReplayReport> {
  const text = readText(job.file);
  if (text.trim() === '') throw new UsageError('replay', `${job.file} is empty (a trace or a repro was expected)`);
  const firstLine = text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'));
  return firstLine.includes('splitbrain-trace') || !looksLikeRepro(text)
    ? replayTrace(job, text, host)
    : replayRepro(job, text, host);
}

function looksLikeRepro(text: string): boolean {
  return text.slice(0, 4_096).includes('splitbrain-repro');
}

async function replayTrace(job: ReplayJob, text: string, host: HostServices): Promise<ReplayReport> {
  const trace = inFile(job.file, () => readTrace(text.split('\n')));
  const { header, footer } = trace;
  const scenario = await scenarioOf(header.file ?? header.scenario, header.settings);
  const options = {
    ...commonOptions(header.seed, header.bug, header.added as Added | undefined, host),
    ...outputLevel(job),
  };
  const replay = trace.choices === null ? {} : { choices: { replay: trace.choices } };
  let run: ScenarioRun;
  let mismatch: string | null = null;
  try {
    run = runScenario(scenario, { ...options, ...replay });
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
    run: reportOf(run, header.settings, options.trace, outputsOf(job), `npx splitbrain replay ${shellWord(job.file)}`),
  };
}

async function replayRepro(job: ReplayJob, text: string, host: HostServices): Promise<ReplayReport> {
  const repro = readReproText(job.file, text);
  const scenario = await scenarioOf(repro.file ?? repro.scenario, repro.settings ?? {});
  const added = { faults: repro.faults ?? [], network: repro.network ?? {} };
  const options = { ...commonOptions(repro.seed, repro.bug, added, host), ...outputLevel(job) };
  const overrides = new Map(Object.entries(repro.overrides ?? {}));
  const run = runScenario(scenario, { ...options, choices: { overrides } });
  const shown = repro.property === undefined || run.violations.some(({ property }) => property === repro.property);
  return {
    file: job.file,
    of: 'repro',
    same: shown,
    difference: shown ? null : `the repro is there to show a violation of ${repro.property!}, and this run has none`,
    digest: run.result.digest,
    recorded: repro.digest ?? null,
    run: reportOf(run, repro.settings ?? {}, options.trace, outputsOf(job), `npx splitbrain replay ${shellWord(job.file)}`),
  };
}

type Added = { readonly faults: readonly Fault[]; readonly network: NetworkConfig };

function commonOptions(seed: string, bug: string | undefined, added: Added | undefined, host: HostServices): RunOptions {
  return {
    seed,
    host,
    ...(bug === undefined ? {} : { bug }),
    ...(added === undefined ? {} : { faults: added.faults, network: added.network }),
  };
}

function outputLevel(job: ReplayJob): { trace: 'events' | 'states'; speed: 'direct' | 'recorded' } {
  return job.htmlFile === undefined ? { trace: 'events', speed: 'direct' } : { trace: 'states', speed: 'recorded' };
}

function outputsOf({ htmlFile, colour, columns }: ReplayJob): Outputs {
  return { colour, columns, ...(htmlFile === undefined ? {} : { htmlFile }) };
}

async function scenarioOf(target: string, settings: Readonly<Record<string, string>>): Promise<Scenario> {
  const loaded = await loadScenario(target);
  if (loaded.kind === 'experiment') throw new UsageError('replay', `${target} is an experiment, which has no traces`);
  return withSettings(loaded, settings);
}

function readReproText(file: string, text: string): Repro {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    const message = (error as Error).message;
    const at = /position (\d+)/.exec(message);
    const before = at === null ? text : text.slice(0, Number(at[1]));
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    throw new UsageError('invalid-repro', `${file}:${line}:${column}: ${message}`);
  }
  return inFile(file, () => readRepro(content));
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
  return mismatch ?? `every event is the same, yet the digests differ: contents changed (the trace was written by version ${written})`;
}

function sameEvent(a: TraceEvent, b: TraceEvent): boolean {
  return a.time === b.time && a.kind === b.kind && a.node === b.node && a.peer === b.peer && a.name === b.name && a.why === b.why;
}

function tell({ time, kind, node, peer, name }: TraceEvent): string {
  const what = [node, kind, name, peer === undefined ? undefined : `(${peer})`].filter((part) => part !== undefined && part !== null);
  return `"${what.join(' ')}" at ${formatDuration(time)}`;
}

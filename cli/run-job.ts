import { readFileSync } from 'node:fs';
import { evidencePage } from './evidence-page.js';
import { writeHistoryFile } from './history-file.js';
import { nemesisOf, withNemesis } from './nemesis.js';
import {
  evidenceData,
  formatConsistency,
  formatTransactions,
  formatVerdict,
  type EvidenceData,
  type FormatOptions,
} from '../checkers/index.js';
import { UsageError, writeTrace, type HostServices, type RunRecord, type TraceLevel } from '../engine/index.js';
import {
  clientsOf,
  modelOf,
  runScenario,
  nearest,
  notesOf,
  summaryOf,
  traceFooter,
  traceHeader,
  withSettings,
  type Experiment,
  type ScenarioRun,
  type Settings,
} from '../scenarios/index.js';
import { embedRun } from '../visualizer/embed/embed-run.js';
import { checkOutputs, withLineEnds, writeWhole } from './files.js';
import type { Job } from './jobs.js';
import { locatedInFile, type LoadScenario } from './load.js';
import type { ExperimentRunReport, RunReport } from './reports.js';
import { commandLine, runLines } from './reproduce.js';
import { storyOf } from './story.js';

type RunJob = Extract<Job, { kind: 'run' }>;

/** Runs a scenario or an experiment, writes the files that were asked for, and tells what came out. */
export async function executeRun(
  job: RunJob,
  load: LoadScenario,
  host: HostServices,
  progress: (done: number) => void,
): Promise<RunReport | ExperimentRunReport> {
  checkOutputs([job.traceFile, job.historyFile, job.evidenceFile, job.htmlFile], [job.target]);
  if (job.htmlFile !== undefined) pageHtml();
  const loaded = await load(job.target, job.source);
  if (loaded.kind === 'experiment') return executeExperiment(loaded, job, progress);
  const scenario = withSettings(loaded, job.settings);
  if (job.evidenceFile !== undefined && scenario.check === undefined)
    throw new UsageError('no-evidence', `${scenario.name} judges no history, so that there is no evidence`);
  const level = levelFor(job);
  const run = inFile(scenario.file, job.source, () =>
    runScenario(scenario, {
      seed: job.seed,
      host,
      trace: level,
      speed: level === 'states' ? 'recorded' : (job.speed ?? 'direct'),
      // A trace holds every choice, so that it can be replayed strictly.
      choices: { record: job.traceFile !== undefined },
      ...(job.bug === undefined ? {} : { bug: job.bug }),
      ...(job.online === undefined ? {} : { online: job.online }),
    }),
  );
  const lines = runLines(job.target, job.seed, job.settings, job.bug, job.online);
  return reportOf(run, job.settings, level, job, lines);
}

function levelFor(job: RunJob): TraceLevel {
  return job.htmlFile !== undefined || job.evidenceFile !== undefined || job.traceLevel === 'states'
    ? 'states'
    : 'events';
}

export interface Outputs {
  readonly traceFile?: string;
  readonly historyFile?: string;
  readonly evidenceFile?: string;
  readonly htmlFile?: string;
  readonly colour: boolean;
  readonly columns: number;
}

/** Writes the files of a run and makes its report. */
export function reportOf(
  run: ScenarioRun,
  settings: Settings,
  level: TraceLevel,
  outputs: Outputs,
  lines: { readonly reproduce: string; readonly look: string },
): RunReport {
  const files = writeOutputs(run, settings, level, outputs);
  const { scenario, result } = run;
  const workload = summaryOf(run);
  const { sent, delivered, dropped, bytes, syncs } = result.statistics;
  const drawing = drawingOf(run, { colour: outputs.colour, columnsMax: outputs.columns });
  return {
    kind: 'scenario',
    scenario: scenario.name,
    summary: scenario.summary,
    protocol: scenario.protocol.name,
    seed: run.seed,
    ...(run.bug === undefined ? {} : { bug: run.bug }),
    nodes: typeof scenario.nodes === 'number' ? scenario.nodes : scenario.nodes.length,
    clients: clientsOf(scenario).length,
    verdict: run.verdict,
    expected: run.expected,
    expects: typeof scenario.expects === 'object' ? `a violation of ${scenario.expects.violation}` : 'ok',
    digest: result.digest,
    events: result.events,
    virtualTimeUs: result.virtualTime,
    violations: run.violations,
    undecided: run.undecided,
    marks: Object.fromEntries([...result.marks].sort(([a], [b]) => (a < b ? -1 : 1))),
    checked: checkedBy(run),
    online: onlineReport(run),
    properties: run.properties.map(({ property, verdict, says }) => ({ property, verdict, says: says ?? null })),
    operations: { total: workload.operations, ok: workload.ok, failed: workload.failed, unknown: workload.unknown },
    throughput: workload.throughput,
    latency: workload.latency,
    availability: workload.phases,
    messages: { sent, delivered, dropped, bytes, notUnderstood: Object.fromEntries(result.notUnderstood) },
    syncs,
    faults: faultsStruck(run),
    story: storyOf(result.trace?.events() ?? []),
    drawing,
    ...lines,
    files,
    notes: [...quietBug(run), ...notesOf(result)],
  };
}

function onlineReport({ online, scenario }: ScenarioRun): RunReport['online'] {
  if (online === null) return null;
  const { judged, afterwards, refuted, gaveUp } = online;
  const ended = refuted === null ? null : { property: refuted.property, event: refuted.event, timeUs: refuted.time };
  return { judged, afterwards, refuted: ended, untilUs: scenario.until, gaveUp };
}

/** A planted bug that broke nothing here is no proof of anything: where it surely shows. */
function quietBug({ scenario, verdict, bug }: ScenarioRun): string[] {
  if (bug === undefined || verdict !== 'ok') return [];
  const planted = scenario.protocol.bugs[bug];
  if (planted === undefined || planted.scenario === scenario.name) return [];
  return [`${bug} broke nothing in this run; ${planted.scenario} is made to show it`];
}

/** What only shows while running, such as a node that does not exist, stands somewhere in the scenario's file. */
function inFile(file: string | undefined, source: string | undefined, run: () => ScenarioRun): ScenarioRun {
  try {
    return run();
  } catch (error) {
    throw file === undefined ? error : locatedInFile(error, file, source ?? null);
  }
}

function faultsStruck({ result }: ScenarioRun): number {
  let count = 0;
  for (const { kind, name } of result.trace?.events() ?? []) if (kind === 'fault' && name === 'begin') count++;
  return count;
}

function drawingOf({ consistency, weaker, isolation }: ScenarioRun, options: FormatOptions): string | null {
  if (consistency !== null && consistency.verdict !== 'ok') return formatVerdict(consistency, options);
  if (isolation !== null && isolation.verdict !== 'ok') return formatTransactions(isolation, options);
  return weaker !== null && weaker.verdict !== 'ok' ? formatConsistency(weaker, options) : null;
}

function checkedBy({ scenario, consistency, weaker, isolation, properties }: ScenarioRun): string[] {
  const invariants = (scenario.protocol.invariants ?? []).map(({ name }) => name);
  return [
    ...invariants,
    ...(consistency === null ? [] : [`linearizable (${consistency.model}, ${consistency.operations} operations)`]),
    ...(weaker?.levels.map(({ level }) => `${level} (${weaker.model}, ${weaker.operations} operations)`) ?? []),
    ...(isolation === null
      ? []
      : [`${isolation.consistency} (${isolation.kind}, ${isolation.transactions} transactions)`]),
    ...properties.map(({ property, verdict }) => (verdict === 'ok' ? property : `${property} (${verdict})`)),
    ...(scenario.progress === undefined ? [] : ['progress']),
  ];
}

function writeOutputs(run: ScenarioRun, settings: Settings, level: TraceLevel, outputs: Outputs): string[] {
  const header = traceHeader(run, settings, level);
  const footer = traceFooter(run);
  const files: string[] = [];
  if (outputs.traceFile !== undefined) {
    const lines = writeTrace(header, run.result.trace!.events(), run.result.choices, footer);
    writeWhole(outputs.traceFile, withLineEnds(lines));
    files.push(outputs.traceFile);
  }
  if (outputs.historyFile !== undefined) {
    writeHistoryFile(outputs.historyFile, withNemesis(run.result.history, nemesisOf(run.result.trace!.events())));
    files.push(outputs.historyFile);
  }
  if (outputs.evidenceFile !== undefined) {
    writeWhole(outputs.evidenceFile, [evidencePage(evidenceOfRun(run))]);
    files.push(outputs.evidenceFile);
  }
  if (outputs.htmlFile !== undefined) {
    const record: RunRecord = { header, events: [...run.result.trace!.events()], history: run.result.history, footer };
    writeWhole(outputs.htmlFile, [embedRun(pageHtml(), record)]);
    files.push(outputs.htmlFile);
  }
  return files;
}

/** What the page of a verdict shows: what clients saw, and beside it what broke and who led. */
function evidenceOfRun({ scenario, consistency, weaker, isolation, result }: ScenarioRun): EvidenceData {
  return evidenceData({
    history: result.history,
    nemesis: nemesisOf(result.trace!.events()),
    model: modelOf(scenario) ?? undefined,
    linearizability: consistency ?? undefined,
    levels: weaker ?? undefined,
    transactions: isolation ?? undefined,
  });
}

/** The page that every run is shown in. */
function pageHtml(): string {
  try {
    return readFileSync(new URL('../visualizer/page.html', import.meta.url), 'utf8');
  } catch {
    throw new UsageError('no-page', 'the page has not been built', 'run `npm run build`');
  }
}

function executeExperiment(experiment: Experiment, job: RunJob, progress: (done: number) => void): ExperimentRunReport {
  if (job.bug !== undefined)
    throw new UsageError('experiment-bug', `${experiment.name} is an experiment and takes no --bug`);
  if (job.online === true)
    throw new UsageError('experiment-online', `${experiment.name} is an experiment and takes no --online`);
  for (const option of ['traceFile', 'historyFile', 'evidenceFile', 'htmlFile'] as const) {
    if (job[option] !== undefined) {
      throw new UsageError(
        'experiment-output',
        `${experiment.name} is an experiment of many runs: it has no single trace, history or page`,
      );
    }
  }
  const settings = Object.fromEntries(
    Object.entries(experiment.settings).map(([name, { default: value }]) => [name, value]),
  );
  for (const [name, text] of Object.entries(job.settings)) {
    const value = Number(text);
    if (!Object.hasOwn(settings, name)) {
      throw new UsageError(
        'unknown-setting',
        `${experiment.name} has no setting ${JSON.stringify(name)}`,
        nearest(name, Object.keys(settings)),
      );
    }
    if (text.trim() === '' || !Number.isFinite(value)) {
      throw new UsageError('bad-setting', `${name} is ${JSON.stringify(text)} (a number was expected)`);
    }
    settings[name] = value;
  }
  const report = experiment.run({ seed: job.seed, settings, progress });
  const holds = report.comparisons.every((comparison) => comparison.holds);
  return {
    kind: 'experiment',
    scenario: experiment.name,
    summary: experiment.summary,
    protocol: experiment.protocol.name,
    seed: job.seed,
    verdict: holds ? 'ok' : 'violation',
    expected: holds,
    ...report,
    reproduce: commandLine('run', job.target, job.seed, job.settings),
  };
}

import {
  consistency as judgeLevels,
  breaks,
  linearizable,
  transactions as judgeTransactions,
  type AnyModel,
  type ConsistencyResult,
  type LinearizabilityResult,
  type TransactionsResult,
} from '../checkers/index.js';
import {
  formatDuration,
  Simulation,
  UsageError,
  type ChoicesOptions,
  type DiskConfig,
  type Fault,
  type HostServices,
  type NetworkConfig,
  type RunResult,
  type SimulationConfig,
  type TraceEvent,
  type TraceFooter,
  type TraceHeader,
  type TraceLevel,
  type Violation,
} from '../engine/index.js';
import { nearest } from './nearest.js';
import { judgeProperties, type JudgedProperty } from './properties.js';
import { VERSION } from './version.js';
import { modelOf, type Scenario } from './scenario.js';
import type { Settings } from './settings.js';
import { summarize, type WorkloadSummary } from './summary.js';
import { Watch, type OnlineFindings } from './watch.js';

/** What a run adds to its scenario, e.g. drawn by a swarm. */
export interface Added {
  /** Beside the scenario's own. */
  readonly faults?: readonly Fault[];
  /** In place of the scenario's own, field by field. */
  readonly network?: NetworkConfig;
  readonly disk?: DiskConfig;
}

export interface RunOptions extends Added {
  readonly seed: string;
  readonly bug?: string;
  readonly speed?: 'direct' | 'recorded';
  readonly trace?: TraceLevel;
  readonly compare?: boolean;
  readonly choices?: ChoicesOptions;
  readonly fork?: { readonly afterEvent: number; readonly seed: string };
  readonly host?: HostServices;
  /** Look for evidence when the history is not consistent. Default true. */
  readonly evidence?: boolean;
  /** End the run where its history, or one of its properties, is refuted. Default: as the scenario says, which is false by default. */
  readonly online?: boolean;
}

export type RunVerdict = 'ok' | 'violation' | 'undecided';

/** A run of a scenario, judged. */
export interface ScenarioRun {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly bug: string | undefined;
  readonly added: Added;
  readonly verdict: RunVerdict;
  /** Is this the outcome that the scenario is there to show? */
  readonly expected: boolean;
  readonly violations: readonly Violation[];
  /** Why `undecided`. */
  readonly undecided: string | null;
  readonly consistency: LinearizabilityResult | null;
  /** Instead of `consistency`, where the scenario names another level than linearizable. */
  readonly weaker: ConsistencyResult | null;
  /** Instead of either, where the history is one of transactions. */
  readonly isolation: TransactionsResult | null;
  /** What the scenario asks for beside. */
  readonly properties: readonly JudgedProperty[];
  /** What was found while it went; null where it was not asked to end early. */
  readonly online: OnlineFindings | null;
  readonly result: RunResult;
}

/** The engine's configuration for a scenario. */
export function simulationConfig(scenario: Scenario, options: RunOptions): SimulationConfig {
  if (options.bug !== undefined) checkBugName(scenario, options.bug);
  const { seed, bug, speed, trace, compare, choices, fork, host } = options;
  const { nodes, standby, zones, nodeOptions, clocks, clients, script, survivable, until, budget } = scenario;
  const network = options.network === undefined ? scenario.network : { ...scenario.network, ...options.network };
  const disk = options.disk === undefined ? scenario.disk : { ...scenario.disk, ...options.disk };
  return {
    protocol: scenario.protocol,
    versions: scenario.versions,
    nodes,
    seed,
    until,
    faults: [...(scenario.faults ?? []), ...(options.faults ?? [])],
    ...given({
      standby,
      zones,
      options: scenario.options,
      nodeOptions,
      network,
      clocks,
      disk,
      clients,
      script,
      survivable,
      budget,
    }),
    ...given({ bug, speed, trace, compare, choices, fork, host }),
  };
}

/** Says nothing of what adds nothing. */
export function addedBy({ faults, network, disk }: Added): Added {
  return {
    ...(faults === undefined || faults.length === 0 ? {} : { faults }),
    ...(network === undefined || Object.keys(network).length === 0 ? {} : { network }),
    ...(disk === undefined || Object.keys(disk).length === 0 ? {} : { disk }),
  };
}

function checkBugName({ protocol, versions }: Scenario, bug: string): void {
  const known = [protocol, ...Object.values(versions)].flatMap(({ bugs }) => Object.keys(bugs));
  if (known.includes(bug)) return;
  throw new UsageError(
    'unknown-bug',
    `${protocol.name} has no planted bug ${JSON.stringify(bug)}`,
    nearest(bug, known),
  );
}

/** Leaves out what is undefined: an option that is not given is not an option that is given as undefined. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

/** Runs a scenario once and judges it: invariants, consistency of the history, properties, progress after the last fault. */
export function runScenario(scenario: Scenario, options: RunOptions): ScenarioRun {
  const watch = new Watch(scenario, options.online ?? onlineOf(scenario));
  const config = { ...simulationConfig(scenario, options), ...given({ observer: watch.observer }) };
  return judge(scenario, options, new Simulation(config).run(), watch);
}

function onlineOf({ check }: Scenario): boolean {
  return check !== undefined && 'model' in check && check.online === true;
}

/** Judges what a run has left behind; properties only where it was watched, as they are about what was seen on the way. */
export function judge(scenario: Scenario, options: RunOptions, result: RunResult, watch?: Watch): ScenarioRun {
  const violations = [...result.violations];
  if (result.ending === 'livelock')
    violations.push({ property: 'no-livelock', message: result.endingMessage, time: result.virtualTime });
  const model = modelOf(scenario);
  // A history that a broken invariant cut short is judged all the same: it may show what clients saw of it.
  const history = judgedHistory(scenario, result);
  const judgeable = model !== null && history.length > 0;
  const evidence = options.evidence !== false;
  const { check } = scenario;
  const level = check !== undefined && 'model' in check ? check.consistency : undefined;
  const consistency = judgeable && level === 'linearizable' ? linearizable(history, model, { evidence }) : null;
  const weaker =
    judgeable && level !== 'linearizable' ? weakerLevel(check as OperationsCheck, model, history, evidence) : null;
  const isolation =
    check !== undefined && 'isolation' in check ? judgeTransactions(history, { consistency: check.isolation }) : null;
  if (consistency?.verdict === 'violation') violations.push(...inconsistencies(consistency, result));
  if (weaker?.verdict === 'violation') violations.push(...levelsBroken(weaker, result));
  if (isolation?.verdict === 'violation') violations.push(isolationBroken(isolation, result));
  const properties = judgeProperties(watch === undefined ? [] : (scenario.properties ?? []), {
    events: watch?.events ?? [],
    nodes: nodesOf(scenario),
    quietSince: result.quietSince,
    // Where nothing more was to happen, it has ended before its time.
    end: result.ending === 'finished' ? scenario.until : result.virtualTime,
    finished: result.ending === 'finished',
  });
  violations.push(...properties.filter(({ verdict }) => verdict === 'violation').map(brokenProperty));
  const online = watch?.findings(result.violations) ?? null;
  violations.push(...refutedOnTheWay(online, violations));
  const stuck = lackOfProgress(scenario, result);
  if (stuck !== null && violations.length === 0) violations.push(stuck);
  // Faults that were added may come so late that a window has no end: that is no shortcoming of the scenario.
  const timely = (options.faults ?? []).length > 0 ? [] : properties;
  const undecided = violations.length > 0 ? null : whyUndecided(result, consistency, weaker, isolation, timely);
  const verdict = violations.length > 0 ? 'violation' : undecided === null ? 'ok' : 'undecided';
  return {
    scenario,
    seed: options.seed,
    bug: options.bug,
    added: addedBy(options),
    verdict,
    expected: asExpected(scenario, verdict, violations),
    violations,
    undecided,
    consistency,
    weaker,
    isolation,
    properties,
    online,
    result,
  };
}

/** What ended the run is a violation, even where a judgement of the whole ran out of budget before it found it. */
function refutedOnTheWay(online: OnlineFindings | null, found: readonly Violation[]): Violation[] {
  const refuted = online?.refuted ?? null;
  if (refuted === null || found.some(({ property }) => property === refuted.property)) return [];
  const { property, event, time } = refuted;
  return [{ property, message: `not ${property}: refuted while the run went`, time, event }];
}

function brokenProperty({ property, says, time }: JudgedProperty): Violation {
  return { property, message: `${property}: ${says ?? 'broken'}`, ...(time === undefined ? {} : { time }) };
}

/** What clients asked of the store; what they asked of the cluster itself concerns no data. */
function judgedHistory({ check }: Scenario, { history }: RunResult): RunResult['history'] {
  const leftOut = check?.leaveOut ?? [];
  return leftOut.length === 0 ? history : history.filter(({ f }) => !leftOut.includes(f));
}

type OperationsCheck = Extract<NonNullable<Scenario['check']>, { readonly model: string }>;

function weakerLevel(
  { consistency: level, staleness, settle }: OperationsCheck,
  model: AnyModel,
  history: RunResult['history'],
  evidence: boolean,
): ConsistencyResult {
  return judgeLevels(history, model, {
    levels: [level],
    evidence,
    ...(settle !== undefined && { settleUs: settle }),
    ...(staleness !== undefined && { staleness: given({ versions: staleness.versions, us: staleness.time }) }),
  });
}

function levelsBroken({ levels }: ConsistencyResult, result: RunResult): Violation[] {
  return levels.map(({ level, evidence }) => {
    const last = evidence?.operations.at(-1);
    const operation = result.history.find(({ index }) => index === last?.id);
    return {
      property: level,
      message: `not ${level}${evidence === undefined ? '' : `: ${evidence.says}`}`,
      ...(operation === undefined ? {} : { time: operation.time }),
      evidence: {
        operations: evidence?.operations.map(({ id }) => id) ?? [],
        ...(evidence === undefined ? {} : { explanation: evidence.says }),
      },
    };
  });
}

/** Told by the first anomaly that the level forbids. */
function isolationBroken({ consistency: level, anomalies }: TransactionsResult, result: RunResult): Violation {
  const found = anomalies.find((anomaly) => breaks(anomaly, level))!;
  const operations = found.transactions.map(({ id }) => id);
  const last = result.history.find(({ index }) => index === operations.at(-1));
  return {
    property: level,
    message: `not ${level}: ${found.name}${found.sql === undefined ? '' : `, ${found.sql}`}: ${found.says}`,
    ...(last === undefined ? {} : { time: last.time }),
    evidence: { operations, explanation: found.says },
  };
}

function asExpected({ expects }: Scenario, verdict: RunVerdict, violations: readonly Violation[]): boolean {
  if (expects === undefined || expects === 'ok') return verdict === 'ok';
  return violations.some(({ property }) => property === expects.violation);
}

function inconsistencies(consistency: LinearizabilityResult, result: RunResult): Violation[] {
  return consistency.keys
    .filter(({ verdict }) => verdict === 'violation')
    .map(({ key, evidence }) => {
      const which = key === undefined ? '' : ` (key ${String(key)})`;
      const operation = evidence === undefined ? undefined : result.history[evidence.fitsNowhere];
      const shown = evidence?.part.find(({ id }) => id === evidence.fitsNowhere);
      return {
        property: 'linearizable',
        message: `not linearizable${which}${evidence === undefined ? '' : `: ${shown?.text ?? ''} ${evidence.why}`}`,
        ...(operation === undefined ? {} : { time: operation.time }),
        evidence: {
          ...(key === undefined ? {} : { key }),
          operations: evidence === undefined ? [] : [evidence.fitsNowhere],
          ...(evidence === undefined ? {} : { explanation: evidence.why }),
        },
      };
    });
}

/** Safety, then progress: with the last fault gone, the system has its time, and must then have served somebody. */
function lackOfProgress({ progress, clients, until }: Scenario, result: RunResult): Violation | null {
  if (progress === undefined || result.ending !== 'finished') return null;
  const from = result.quietSince;
  const to = from + progress;
  const asking = Math.min(clients?.stop ?? until, until);
  // When clients stop before the time is up, nobody can tell.
  if (to > asking) return null;
  if (result.history.some(({ type, time }) => type === 'ok' && time > from && time <= to)) return null;
  const message = `no operation succeeded between ${formatDuration(from)}, when the last fault ended, and ${formatDuration(to)}`;
  return { property: 'progress', message, time: to };
}

function whyUndecided(
  result: RunResult,
  consistency: LinearizabilityResult | null,
  weaker: ConsistencyResult | null,
  isolation: TransactionsResult | null,
  properties: readonly JudgedProperty[],
): string | null {
  if (result.ending !== 'finished') return result.endingMessage;
  if (consistency?.verdict === 'undecided') {
    return `the history could not be judged: ${consistency.exhausted ?? 'the budget'} ran out after ${consistency.steps} steps`;
  }
  if (isolation?.verdict === 'undecided') {
    return `${isolation.consistency} could not be judged: ${isolation.exhausted ?? 'the budget'} ran out`;
  }
  const open = weaker?.levels.find(({ verdict }) => verdict === 'undecided');
  if (open !== undefined) return `${open.level} could not be judged: ${open.unjudged ?? 'the budget'}`;
  const early = properties.find(({ verdict }) => verdict === 'undecided');
  return early === undefined ? null : `${early.property} could not be judged: ${early.says ?? ''}`;
}

/** The header of a trace of this run. */
export function traceHeader(run: ScenarioRun, settings: Settings, level: TraceLevel): TraceHeader {
  const { scenario } = run;
  return {
    format: 'splitbrain-trace',
    version: 1,
    by: VERSION,
    scenario: scenario.name,
    ...(scenario.file === undefined ? {} : { file: scenario.file }),
    protocol: scenario.protocol.name,
    seed: run.seed,
    ...(run.bug === undefined ? {} : { bug: run.bug }),
    settings,
    ...(Object.keys(run.added).length === 0 ? {} : { added: run.added }),
    level,
    nodes: nodesOf(scenario),
    clients: clientsOf(scenario),
  };
}

function nodesOf({ nodes }: Scenario): readonly string[] {
  return typeof nodes === 'number' ? Array.from({ length: nodes }, (_, i) => `n${i + 1}`) : nodes;
}

/** Those who draw their operations, and those whom only the script names. */
export function clientsOf({ clients, script }: Scenario): string[] {
  const scripted = (script ?? []).map(({ client }) => Number(client.slice(1)));
  const count = scripted.reduce((most, number) => Math.max(most, number), clients?.count ?? 0);
  return Array.from({ length: count }, (_, i) => `c${i + 1}`);
}

export function traceFooter(run: ScenarioRun): TraceFooter {
  return {
    digest: run.result.digest,
    events: run.result.events,
    virtualTimeUs: run.result.virtualTime,
    ending: run.result.ending,
    verdict: run.verdict,
    violations: run.violations,
    marks: Object.fromEntries(run.result.marks),
  };
}

/** What clients saw of a run that was traced at level `events` or `states`. */
export function summaryOf(run: ScenarioRun): WorkloadSummary {
  const faults: TraceEvent[] = [];
  for (const event of run.result.trace?.events() ?? []) if (event.kind === 'fault') faults.push(event);
  return summarize(run.result.history, faults, run.result.virtualTime);
}

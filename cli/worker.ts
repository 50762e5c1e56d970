import { parentPort, workerData } from 'node:worker_threads';
import { UsageError, type HostServices } from '../engine/index.js';
import { fuzzSeed, NO_FAULTS, type SeedOutcome } from '../fuzz/index.js';
import { capStores, measureCap, runScenario, withSettings, type CapReport, type Scenario } from '../scenarios/index.js';
import { LOADING, SHARED, type CarriedError, type Job, type WorkerMessage } from './jobs.js';
import { loadScenario } from './load.js';
import { executeReplay } from './replay-job.js';
import { executeRun } from './run-job.js';
import { executeVerify } from './verify-job.js';

/** The thread that runs: one job after the other, watched from the main thread through shared memory. */

const { progress } = workerData as { readonly progress: Int32Array };
const port = parentPort!;
// Taken now: `verify` makes the global one throw.
const now = performance.now.bind(performance);
const say = (message: WorkerMessage): void => port.postMessage(message);

/** Each is told to the main thread once: a message costs as much as dozens of steps, and every seed has the same handlers. */
const handlerKeys = new Map<string, number>();

function keyOf(handler: string): number {
  let key = handlerKeys.get(handler);
  if (key === undefined) {
    key = handlerKeys.size + 1;
    handlerKeys.set(handler, key);
    say({ type: 'announce', key, handler });
  }
  return key;
}

const host: HostServices = { now, progress, keyOf };

/** Loads under watch: what a scenario's file does at its top may never end. */
const load: typeof loadScenario = async (target, source) => {
  Atomics.store(progress, SHARED.handler, LOADING);
  try {
    return await loadScenario(target, source);
  } finally {
    Atomics.store(progress, SHARED.handler, 0);
  }
};

const scenarios = new Map<string, Scenario>();

port.on('message', (job: Job) => {
  void execute(job).then(
    (result) => say({ type: 'result', result }),
    (error: unknown) => say({ type: 'error', error: carried(error) }),
  );
});

function execute(job: Job): Promise<unknown> {
  switch (job.kind) {
    case 'run':
      return executeRun(job, load, host, (done) => say({ type: 'progress', done }));
    case 'replay':
      return executeReplay(job, load, host);
    case 'verify':
      return executeVerify(job, load, host);
    case 'seeds':
      return executeSeeds(job);
    case 'cap':
      return executeCap(job);
  }
}

async function executeCap(job: Extract<Job, { kind: 'cap' }>): Promise<CapReport> {
  // The watch looks at handlers that run; here no host is handed on, as every protocol is ours.
  return measureCap(capStores[job.store]!, job.seeds, (done) => say({ type: 'progress', done }));
}

async function executeSeeds(job: Extract<Job, { kind: 'seeds' }>): Promise<SeedOutcome[]> {
  const key = JSON.stringify([job.target, job.settings]);
  let scenario = scenarios.get(key);
  if (scenario === undefined) {
    const loaded = await load(job.target);
    if (loaded.kind === 'experiment') {
      throw new UsageError('experiment-seeds', `${job.target} is an experiment, which runs many seeds by itself`);
    }
    scenarios.set(key, (scenario = withSettings(loaded, job.settings)));
  }
  const one = scenario;
  const bug = job.bug === undefined ? {} : { bug: job.bug };
  const outcomes: SeedOutcome[] = [];
  for (const [i, seed] of job.seeds.entries()) {
    if (Atomics.load(progress, SHARED.stop) === 1) break;
    Atomics.store(progress, SHARED.seed, i);
    outcomes.push(
      job.swarm ? fuzzSeed(one, seed, { settings: job.settings, host, ...bug }) : plainSeed(one, seed, job),
    );
  }
  return outcomes;
}

/** A seed without a swarm, judged by what the scenario expects. */
function plainSeed(one: Scenario, seed: string, { bug, online }: Extract<Job, { kind: 'seeds' }>): SeedOutcome {
  const options = { ...(bug === undefined ? {} : { bug }), ...(online === undefined ? {} : { online }) };
  const run = runScenario(one, { seed, host, evidence: false, ...options });
  return {
    seed,
    verdict: run.expected ? 'ok' : run.verdict === 'ok' ? 'violation' : run.verdict,
    property: run.violations[0]?.property ?? null,
    message:
      run.violations[0]?.message ?? run.undecided ?? (run.expected ? null : 'the expected violation did not happen'),
    digest: run.result.digest,
    events: run.result.events,
    faults: NO_FAULTS,
    marks: Object.fromEntries(run.result.marks),
    repro: null,
  };
}

function carried(error: unknown): CarriedError {
  if (error instanceof UsageError || isFormatError(error)) {
    const { code, message, hint } = error as UsageError;
    return { kind: 'usage', code, message, ...(hint === undefined ? {} : { hint }) };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'internal', code: 'internal', message, ...(stack === undefined ? {} : { stack }) };
}

/** Errors of the checkers, which know nothing of the engine's classes. */
function isFormatError(error: unknown): boolean {
  return error instanceof Error && ['FormatError', 'HistoryError', 'UnknownModelError'].includes(error.name);
}

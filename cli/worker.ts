import { parentPort, workerData } from 'node:worker_threads';
import { UsageError, type HostServices } from '../engine/index.js';
import { fuzzSeed, type SeedOutcome } from '../fuzz/index.js';
import { runScenario, withSettings, type Scenario } from '../scenarios/index.js';
import type { CarriedError, Job, WorkerMessage } from './jobs.js';
import { loadScenario } from './load.js';
import { executeReplay } from './replay-job.js';
import { executeRun } from './run-job.js';
import { executeVerify } from './verify-job.js';

/** The thread that runs: one job after the other, watched from the main thread through shared memory. */

const { progress } = workerData as { readonly progress: Int32Array };
const port = parentPort!;
const say = (message: WorkerMessage): void => port.postMessage(message);

const host: HostServices = {
  now: () => performance.now(),
  progress,
  announce: (key, handler) => say({ type: 'announce', key, handler }),
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
      return executeRun(job, host, (done) => say({ type: 'progress', done }));
    case 'replay':
      return executeReplay(job, host);
    case 'verify':
      return executeVerify(job);
    case 'seeds':
      return executeSeeds(job);
  }
}

async function executeSeeds(job: Extract<Job, { kind: 'seeds' }>): Promise<SeedOutcome[]> {
  const key = JSON.stringify([job.target, job.settings]);
  let scenario = scenarios.get(key);
  if (scenario === undefined) {
    const loaded = await loadScenario(job.target);
    if (loaded.kind === 'experiment') {
      throw new UsageError('experiment-seeds', `${job.target} is an experiment, which runs many seeds by itself`);
    }
    scenarios.set(key, (scenario = withSettings(loaded, job.settings)));
  }
  const one = scenario;
  const bug = job.bug === undefined ? {} : { bug: job.bug };
  return job.seeds.map((seed) => {
    if (job.swarm) return fuzzSeed(one, seed, { settings: job.settings, host, ...bug });
    const run = runScenario(one, { seed, host, evidence: false, ...bug });
    return {
      seed,
      verdict: run.expected ? 'ok' : run.verdict === 'ok' ? 'violation' : run.verdict,
      property: run.violations[0]?.property ?? null,
      message: run.violations[0]?.message ?? run.undecided ?? (run.expected ? null : 'the expected violation did not happen'),
      digest: run.result.digest,
      events: run.result.events,
      families: [],
      marks: Object.fromEntries(run.result.marks),
      repro: null,
    };
  });
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

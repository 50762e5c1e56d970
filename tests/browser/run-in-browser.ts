import { runScenario, scenarioNamed } from '../../scenarios/index.js';

/** One run, and what it came to. */
export type Speed = 'direct' | 'recorded';
export type Run = readonly [name: string, seed: string, speed: Speed];

/** What both sides of the comparison compute. */
export function digestOf(...[name, seed, speed]: Run): string {
  const scenario = scenarioNamed(name);
  if (scenario.kind === 'experiment') throw new Error(`${name} is an experiment`);
  const { verdict, result } = runScenario(scenario, { seed, speed });
  return `${verdict} ${result.digest} ${result.events}`;
}

// The same bundle serves as page script and as worker. Types of browsers do not exist here, so what is used is named.
interface WorkerLike {
  onmessage: ((event: { data: string }) => void) | null;
  onerror: ((error: { message: string }) => void) | null;
  postMessage(run: Run): void;
}
interface Scope {
  document?: unknown;
  onmessage: ((event: { data: Run }) => void) | null;
  postMessage(digest: string): void;
  fetch(url: string, request: { method: string; body: string }): Promise<unknown>;
  Worker: new (url: string, options: { type: 'module' }) => WorkerLike;
  /** The page says what to run. */
  RUNS?: readonly (readonly [name: string, seed: string])[];
}

const scope = globalThis as unknown as Scope;

function inWorker(run: Run): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new scope.Worker('/run.js', { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (error) => reject(new Error(error.message));
    worker.postMessage(run);
  });
}

async function report(runs: NonNullable<Scope['RUNS']>): Promise<void> {
  let body: string;
  try {
    const digests: string[][] = [];
    for (const [name, seed] of runs) {
      digests.push([
        digestOf(name, seed, 'direct'),
        digestOf(name, seed, 'recorded'),
        await inWorker([name, seed, 'direct']),
      ]);
    }
    body = JSON.stringify({ digests });
  } catch (error) {
    body = JSON.stringify({ error: String(error) });
  }
  await scope.fetch('/report', { method: 'POST', body });
}

if (scope.RUNS !== undefined) void report(scope.RUNS);
else if ('WorkerGlobalScope' in globalThis) scope.onmessage = ({ data }) => scope.postMessage(digestOf(...data));

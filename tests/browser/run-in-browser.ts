import { runScenario, scenarioNamed } from '../../scenarios/index.js';

/** What a run comes to, as both sides of the comparison compute it. */
export function digestOf(name: string, seed: string, speed: 'direct' | 'recorded'): string {
  const scenario = scenarioNamed(name);
  if (scenario.kind === 'experiment') throw new Error(`${name} is an experiment`);
  const { verdict, result } = runScenario(scenario, { seed, speed });
  return `${verdict} ${result.digest} ${result.events}`;
}

interface WorkerScope {
  document?: unknown;
  onmessage: ((event: { data: Parameters<typeof digestOf> }) => void) | null;
  postMessage(message: string): void;
}

const scope = globalThis as unknown as WorkerScope & { digestOf: typeof digestOf };
scope.digestOf = digestOf;
// The same bundle serves as page script and as worker.
if (scope.document === undefined) scope.onmessage = ({ data }) => scope.postMessage(digestOf(...data));

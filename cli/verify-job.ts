import { formatDuration, UsageError, type HostServices, type TraceEvent } from '../engine/index.js';
import { verifyScenario, type Difference } from '../fuzz/index.js';
import { withSettings } from '../scenarios/index.js';
import type { Job } from './jobs.js';
import type { LoadScenario } from './load.js';
import { withPoisonedGlobals } from './poison.js';
import type { VerifyReport } from './reports.js';

export async function executeVerify(
  job: Extract<Job, { kind: 'verify' }>,
  load: LoadScenario,
  host: HostServices,
): Promise<VerifyReport> {
  const loaded = await load(job.target, job.source);
  if (loaded.kind === 'experiment')
    throw new UsageError('verify', `${job.target} is an experiment: verify takes scenarios`);
  const scenario = withSettings(loaded, job.settings);
  const { digest, events, difference, findings } = verifyScenario(scenario, job.seed, withPoisonedGlobals, {
    host,
    ...(job.bug === undefined ? {} : { bug: job.bug }),
  });
  const finding = findings[0];
  return {
    scenario: scenario.name,
    seed: job.seed,
    digest,
    events,
    same: difference === null && finding === undefined,
    difference:
      finding === undefined ? tell(difference) : `${finding.message} (at ${formatDuration(finding.time ?? 0)})`,
  };
}

function tell(difference: Difference | null): string | null {
  if (difference === null) return null;
  const { between, event, left, right, digests } = difference;
  if (event === null) return `${between}: the same events, but other final states (${digests.join(' and ')})`;
  return `${between} differ from event ${event} on: ${show(left)} against ${show(right)}`;
}

function show(event: TraceEvent | null): string {
  if (event === null) return 'the end of the run';
  const { time, kind, node, name, body, why } = event;
  if (kind === 'violation' && why !== undefined) return `"${why}" at ${formatDuration(time)}`;
  const content = body === undefined ? '' : ` ${JSON.stringify(body)?.slice(0, 120)}`;
  return `"${[node, kind, name].filter((part) => part !== undefined && part !== null).join(' ')}${content}" at ${formatDuration(time)}`;
}

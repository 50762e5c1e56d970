import type { BenchSuite, BenchTask } from './suites.js';
import { runWorkload } from './ours/run-workload.js';
import { WORKLOADS } from './workloads.js';

const EVENTS = 200_000;

/** The workloads of the comparison, without the peers. */
export const engineSuite: BenchSuite = {
  name: 'engine',
  says: 'the workloads that are compared with peers, direct speed',
  tasks: () =>
    (['bare', 'all-in'] as const).flatMap((mode) =>
      WORKLOADS.map((workload): BenchTask => ({
        name: `${workload.name}, ${mode}`,
        unit: 'event',
        run: () => runWorkload(workload, workload.roundsFor(EVENTS), mode).events,
      })),
    ),
};

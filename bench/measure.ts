import { cpuClock, processCpuNs } from './cpu-clock.js';
import { workloadNamed, type Workload } from './workloads.js';

/** What one process reports about one workload: one line of JSON on its stdout. */
export interface Measurement {
  readonly contestant: string;
  readonly workload: string;
  /** Events of one simulation. */
  readonly events: number;
  /** Whole simulations that were measured. */
  readonly simulations: number;
  readonly checksum: number;
  /** The measuring thread's CPU time. */
  readonly nsPerEvent: number;
  /** The whole process's CPU time: what garbage collection and compilation cost on helper threads shows here. */
  readonly processNsPerEvent: number;
  readonly clock: string;
}

/** Runs one whole simulation, from nothing to the last event. */
export type Simulate = (workload: Workload, rounds: number) => { readonly events: number; readonly checksum: number };

/**
 * The main program of a contestant in Node: `<workload> <events> <warmMs> <measureMs>`. Whole simulations run back to
 * back, first until `warmMs` of CPU time have gone by (so that the JIT has settled), then, measured, until `measureMs`
 * have. Building the simulation is measured too.
 */
export function contestantMain(contestant: string, simulate: Simulate, argv: readonly string[]): void {
  const [name = '', events = '', warmMs = '', measureMs = ''] = argv;
  const workload = workloadNamed(name);
  const measurement = measure(contestant, simulate, workload, Number(events), Number(warmMs), Number(measureMs));
  process.stdout.write(`${JSON.stringify(measurement)}\n`);
}

function measure(
  contestant: string,
  simulate: Simulate,
  workload: Workload,
  events: number,
  warmMs: number,
  measureMs: number,
): Measurement {
  const clock = cpuClock();
  const rounds = workload.roundsFor(events);
  const once = () => simulate(workload, rounds);
  const warmUntilNs = clock.nowNs() + warmMs * 1e6;
  let outcome = once();
  while (clock.nowNs() < warmUntilNs) outcome = once();

  const processStartNs = processCpuNs();
  const startNs = clock.nowNs();
  let simulations = 0;
  let endNs = startNs;
  while (endNs < startNs + measureMs * 1e6) {
    outcome = once();
    simulations++;
    endNs = clock.nowNs();
  }
  const measured = outcome.events * simulations;
  return {
    contestant,
    workload: workload.name,
    events: outcome.events,
    simulations,
    checksum: outcome.checksum,
    nsPerEvent: (endNs - startNs) / measured,
    processNsPerEvent: (processCpuNs() - processStartNs) / measured,
    clock: clock.source,
  };
}

import { Simulation, type AnyProtocol, type RunResult, type SimulationConfig } from '../../engine/index.js';
import type { Mode } from '../goals.js';
import { foldChecksum, LATENCY_US_MAX, LATENCY_US_MIN, type Workload } from '../workloads.js';
import { heartbeat } from './heartbeat.js';
import { pingPong } from './ping-pong.js';

/** What the two modes differ in; all else is as in any run. */
const MODES: Readonly<Record<Mode, Pick<SimulationConfig, 'trace' | 'digest'>>> = {
  bare: { trace: 'off', digest: 'header' },
  'all-in': { trace: 'events', digest: 'content' },
};

/** A run that ends earlier than its last message would be faster than it should: nothing but the workload ends it. */
const NEVER = Number.MAX_SAFE_INTEGER;

function protocolOf(workload: Workload): AnyProtocol {
  return workload.name === 'ping-pong' ? pingPong : heartbeat;
}

/** Runs a workload on our engine at the direct speed. @throws Error when the run does not end by itself. */
export function runWorkload(
  workload: Workload,
  rounds: number,
  mode: Mode,
): { readonly events: number; readonly checksum: number; readonly result: RunResult } {
  const simulation = new Simulation({
    protocol: protocolOf(workload),
    nodes: workload.nodes,
    options: { rounds },
    seed: 'bench',
    network: { latency: { uniform: [LATENCY_US_MIN, LATENCY_US_MAX] } },
    until: NEVER,
    budget: { events: NEVER },
    ...MODES[mode],
  });
  const result = simulation.run();
  if (result.ending !== 'finished')
    throw new Error(`${workload.name} ended as ${result.ending}: ${result.endingMessage}`);
  const sums = simulation.world.nodes.map((node) => (node.volatile as { readonly sum: number }).sum);
  // Every step is a delivery, a timer or the start of a node; starts are no events of the workload.
  return { events: result.statistics.steps - workload.nodes, checksum: foldChecksum(sums), result };
}

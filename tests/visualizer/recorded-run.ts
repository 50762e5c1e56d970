import {
  ms,
  seconds,
  Simulation,
  TRACE_FORMAT,
  TRACE_VERSION,
  type RunRecord,
  type SimulationConfig,
} from '../../engine/index.js';
import { raft } from '../../protocols/raft/protocol.js';

/** A run of the real engine and the real Raft with a partition, a crash and clients, as its trace records it. */
export function recordedRun(): RunRecord {
  return recordedSimulation().record;
}

export function recordedSimulation(): { readonly simulation: Simulation; readonly record: RunRecord } {
  const config: SimulationConfig = {
    protocol: raft,
    nodes: 5,
    seed: '17',
    until: seconds(4),
    speed: 'recorded',
    trace: 'states',
    network: { latency: { uniform: [ms(3), ms(12)] }, loss: 0.01 },
    clients: { count: 3, keys: 2, operations: [{ request: 'read' }, { request: 'write' }], stop: seconds(3.5) },
    faults: [
      {
        do: 'partition',
        shape: {
          groups: [
            ['n1', 'n2'],
            ['n3', 'n4', 'n5'],
          ],
        },
        at: seconds(1.2),
        for: seconds(1),
      },
      { do: 'crash', whom: { role: 'leader' }, at: seconds(2.6), for: seconds(0.5) },
    ],
  };
  const simulation = new Simulation(config);
  const result = simulation.run();
  const record: RunRecord = {
    header: {
      format: TRACE_FORMAT,
      version: TRACE_VERSION,
      by: '0.1.0',
      scenario: 'raft/partition-and-crash',
      protocol: config.protocol.name,
      seed: config.seed,
      settings: {},
      level: config.trace ?? 'off',
      nodes: ['n1', 'n2', 'n3', 'n4', 'n5'],
      clients: ['c1', 'c2', 'c3'],
    },
    events: [...(result.trace?.events() ?? [])],
    history: result.history,
    footer: {
      digest: result.digest,
      events: result.events,
      virtualTimeUs: result.virtualTime,
      ending: result.ending,
      verdict: result.violations.length > 0 ? 'violation' : 'ok',
      violations: result.violations,
      marks: Object.fromEntries(result.marks),
    },
  };
  return { simulation, record };
}

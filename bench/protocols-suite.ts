import { defineProtocol, Simulation, type AnyProtocol, type RunResult } from '../engine/index.js';
import { catalogue, protocols, simulationConfig, type Scenario } from '../scenarios/index.js';
import type { BenchSuite, BenchTask } from './suites.js';
import { absorb, LATENCY_US_MAX, LATENCY_US_MIN } from './workloads.js';

const EVENTS_MIN = 20_000;
/** With which every scenario of the catalogue goes as it says. */
const SEED = '1';
/** More than this for an event, as a multiple of ping-pong's, wants a reason. */
const RATIO_MAX = 3;
/** What the engine counts for one number in a list. */
const BYTES_OF_NUMBER = 9;

interface Volley {
  options: { rounds: number; numbers: number };
  volatile: { sum: number };
  messages: { Ping: { counter: number; numbers: readonly number[] } };
}

/** A message of any size bounces between two nodes. */
const volley = defineProtocol<Volley>({
  name: 'bench-volley',
  source: 'bench/README.md',
  summary: 'One message of a given size bounces between two nodes.',
  options: { rounds: 1, numbers: 0 },
  volatile: () => ({ sum: 0 }),
  onStart(node) {
    if (node.id !== node.members[0]) return;
    const numbers = Array.from({ length: node.options.numbers }, (_, i) => i);
    node.send(node.members[1]!, { type: 'Ping', counter: 1, numbers });
  },
  onMessage: {
    Ping(node, { counter, numbers }, from) {
      node.volatile.sum = absorb(node.volatile.sum, counter, numbers.length);
      if (counter < node.options.rounds) node.send(from, { type: 'Ping', counter: counter + 1, numbers });
    },
  },
});

function finished(name: string, result: RunResult): RunResult {
  if (result.ending !== 'finished') throw new Error(`${name}: ${result.ending} ${result.endingMessage}`);
  return result;
}

/** The usual workload: the first scenario in the catalogue that goes well. */
export function usualScenario(protocol: AnyProtocol): Scenario {
  for (const entry of catalogue) {
    if (entry.kind !== 'scenario' || entry.protocol !== protocol) continue;
    if (entry.expects === undefined || entry.expects === 'ok') return entry;
  }
  throw new Error(`${protocol.name} has no scenario that goes well`);
}

function tasksOf(protocol: AnyProtocol): BenchTask[] {
  const scenario = usualScenario(protocol);
  const run = (): RunResult =>
    finished(scenario.name, new Simulation(simulationConfig(scenario, { seed: SEED })).run());
  const { events, statistics, virtualTime } = run();
  const runs = Math.ceil(EVENTS_MIN / events);
  const bytes = Math.round(statistics.bytes / statistics.sent);
  const beside = `${protocol.name}: ping-pong of ${bytes} bytes`;
  const numbers = Math.max(0, Math.round(bytes / BYTES_OF_NUMBER) - 2);
  return [
    {
      name: beside,
      unit: 'event',
      run() {
        let done = 0;
        // As many simulations, as long: short ones pay for being built.
        for (let n = 0; n < runs; n++) {
          const config = { protocol: volley, nodes: 2, seed: SEED, options: { rounds: events, numbers } };
          const latency = { uniform: [LATENCY_US_MIN, LATENCY_US_MAX] as const };
          const until = (events + 1) * LATENCY_US_MAX;
          done += finished(beside, new Simulation({ ...config, network: { latency }, until }).run()).events;
        }
        return done;
      },
    },
    {
      name: scenario.name,
      unit: 'event',
      beside: { task: beside, ratioMax: RATIO_MAX },
      virtualSecondsPerUnit: virtualTime / 1_000_000 / events,
      run() {
        let done = 0;
        for (let n = 0; n < runs; n++) done += run().events;
        return done;
      },
    },
  ];
}

export const protocolsSuite: BenchSuite = {
  name: 'protocols',
  says: 'every protocol with its invariants, in the first scenario that goes well, direct speed; beside ping-pong of its mean message',
  tasks: () => protocols.flatMap(tasksOf),
};

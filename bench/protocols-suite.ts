import {
  defineProtocol,
  Simulation,
  US_PER_SECOND,
  type AnyProtocol,
  type RunResult,
  type SimulationConfig,
} from '../engine/index.js';
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

/** The workload for so many times as long: what goes on and on then has so many times as many events. */
function prolonged(config: SimulationConfig, times: number): SimulationConfig {
  const { clients, until } = config;
  const stop = clients?.stop === undefined ? {} : { stop: clients.stop * times };
  return { ...config, until: until * times, ...(clients === undefined ? {} : { clients: { ...clients, ...stop } }) };
}

/** The usual workload of a protocol, long enough that beginnings do not show, where it goes on for long. */
function workloadOf(
  scenario: Scenario,
  eventsMin: number,
): { readonly config: SimulationConfig; readonly once: RunResult } {
  const config = simulationConfig(scenario, { seed: SEED });
  const once = finished(scenario.name, new Simulation(config).run());
  const times = Math.ceil(eventsMin / once.events);
  if (times < 2) return { config, once };
  const long = prolonged(config, times);
  const all = finished(scenario.name, new Simulation(long).run());
  // An election is over when it is over.
  return all.events < 2 * once.events ? { config, once } : { config: long, once: all };
}

/** Simulations are built before the clock starts: most of them would cost more than what happens in a short one. */
function task(name: string, config: SimulationConfig, runs: number, beside: Partial<BenchTask> = {}): BenchTask {
  let built: Simulation[] = [];
  return {
    name,
    unit: 'event',
    ...beside,
    prepare() {
      built = Array.from({ length: runs }, () => new Simulation(config));
    },
    run() {
      let events = 0;
      for (const simulation of built) events += finished(name, simulation.run()).events;
      built = [];
      return events;
    },
  };
}

function tasksOf(protocol: AnyProtocol, eventsMin: number): BenchTask[] {
  const scenario = usualScenario(protocol);
  const { config, once } = workloadOf(scenario, eventsMin);
  const { events, statistics, virtualTime } = once;
  const runs = Math.ceil(eventsMin / events);
  const bytes = Math.round(statistics.bytes / statistics.sent);
  const numbers = Math.max(0, Math.round(bytes / BYTES_OF_NUMBER) - 2);
  const yardstick = `${protocol.name}: ping-pong of ${bytes} bytes`;
  // As many events a simulation: a message is sent, and arrives.
  const rounds = Math.ceil(events / 2);
  const beside = {
    beside: { task: yardstick, ratioMax: RATIO_MAX },
    virtualSecondsPerUnit: virtualTime / US_PER_SECOND / events,
  };
  const pingPong: SimulationConfig = {
    protocol: volley,
    nodes: 2,
    seed: SEED,
    options: { rounds, numbers },
    network: { latency: { uniform: [LATENCY_US_MIN, LATENCY_US_MAX] } },
    until: (rounds + 1) * LATENCY_US_MAX,
  };
  return [
    task(yardstick, pingPong, runs),
    task(`${scenario.name}, handlers`, { ...config, protocol: { ...protocol, invariants: [] } }, runs, beside),
    task(scenario.name, config, runs, beside),
  ];
}

/** @param eventsMin how many events are timed at once, at least. */
export function protocolsSuiteOf(eventsMin: number): BenchSuite {
  return {
    name: 'protocols',
    says: 'every protocol in the first scenario that goes well, direct speed, without and with invariants; beside ping-pong of its mean message',
    tasks: () => protocols.flatMap((protocol) => tasksOf(protocol, eventsMin)),
  };
}

export const protocolsSuite = protocolsSuiteOf(EVENTS_MIN);

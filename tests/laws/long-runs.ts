import type { ClientsConfig, Fault, Micros, SimulationConfig } from '../../engine/index.js';
import { catalogue, simulationConfig, type Scenario } from '../../scenarios/index.js';

/** Logs are cut soon, and as soon everywhere; and nothing that is judged from a moment on at which a scenario has no more faults. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  raft: { snapshotAfter: 20 },
  'multi-paxos': { snapshotAfter: 20 },
  'viewstamped-replication': { checkpointAfter: 20 },
  zab: { snapshotAfter: 20 },
  'primary-backup': { windowMax: 50 },
  quorum: { settledAfterMs: 0, graceMs: 5000 },
  transactions: { checkpointEvery: 20 },
  'message-queue': { settles: false },
  'two-phase-commit': { repairedAfterMs: null },
  'three-phase-commit': { repairedAfterMs: null },
  bully: { repairedAfterMs: null },
};

/** Each fault of a storm so many times as rare. */
const CALMER = 5;

/** Storms by another name. */
const ALSO = ['quorum/always-writeable', 'quorum/last-writer-wins'];

/** Every storm of the catalogue that has something to do all the time: for clients, or for who is the coordinator. */
export const storms: readonly Scenario[] = catalogue.filter(
  (entry): entry is Scenario =>
    entry.kind === 'scenario' && (/\/stormy(-|$)/.test(entry.name) || ALSO.includes(entry.name)) && isBusy(entry),
);

function isBusy({ clients, protocol }: Scenario): boolean {
  return clients !== undefined || protocol.name === 'bully';
}

/** A storm that lasts, somewhat calmer: its load and its faults are the same from the beginning to the end. */
export function longRun(scenario: Scenario, until: Micros, seed: string): SimulationConfig {
  const config = simulationConfig(scenario, { seed });
  const { name } = scenario.protocol;
  return {
    ...config,
    options: { ...config.options, ...OPTIONS[name] },
    until,
    faults: (config.faults ?? []).flatMap((fault) => lasting(fault, until)),
    ...(config.clients && { clients: steady(config.clients, name) }),
    budget: { events: 1_000_000_000 },
  };
}

function lasting(fault: Fault, until: Micros): readonly Fault[] {
  if (fault.when !== undefined) return [];
  if (fault.every === undefined) return fault.do === 'start' ? [fault] : [];
  const every = fault.every * CALMER;
  return [{ ...fault, every, times: Math.ceil(until / every) }];
}

function steady({ stop: _, ...clients }: ClientsConfig, protocol: string): ClientsConfig {
  // Lists that are appended to are meant to grow.
  return protocol === 'transactions'
    ? { ...clients, operations: clients.operations.map(({ args, ...one }) => ({ ...one, args: written(args) })) }
    : clients;
}

function written(steps: unknown): never {
  return (steps as [string, string, unknown][]).map(([f, key, value]) => [
    f === 'append' ? 'w' : f,
    key,
    value,
  ]) as never;
}

import { Simulation, type HistoryEvent, type RunResult, type SimulationConfig } from '../../engine/index.js';
import type { Adding, CapStore } from './store.js';
import type { Cut } from './cuts.js';

/*
 * The course of every run that is probed, in microseconds. One timetable for all stores:
 *
 *   0 ── clients ask ──── the cut ── settling ── judged ──── healed: clients stop, every node is read ── end
 */
const MS = 1_000;
export const BOUND = 1_000 * MS;
/** The class is taken for the bound, its double and its fourfold. */
export const BOUNDS = [BOUND, 2 * BOUND, 4 * BOUND] as const;
const START = 1_500 * MS;
export const CUT_AT = 4_000 * MS;
/** How long a store has after the cut to find its new shape: what is asked in this time is not judged. */
export const SETTLING = 5_000 * MS;
export const HEAL_AT = CUT_AT + 25_000 * MS;
const READS_EVERY = 200 * MS;
export const END = HEAL_AT + 10_000 * MS;

/** Asked in this time, and answered within a bound or not, a request tells of availability. */
export const JUDGED = { from: CUT_AT + SETTLING, to: HEAL_AT - BOUNDS[2] } as const;
/** The same for the time before the cut. */
export const CALM = { from: START + 500 * MS, to: CUT_AT - BOUND } as const;

const KEYS = 3;
const KEY_NAMES = ['x', 'y', 'z'];

export type Operations = NonNullable<SimulationConfig['clients']>['operations'];

/** What clients ask for, requests a second, and with what request every node is read in the end. */
export interface Workload {
  readonly operations: Operations;
  readonly rate: number;
  readonly read: string;
}

export const READS_AND_WRITES: Workload = {
  operations: [{ request: 'read' }, { request: 'write' }],
  rate: 40,
  read: 'read',
};

/** Whoever puts with no context has seen nothing; each request adds an element of its own. */
export function readsAndAdds({ add, read, rate }: Adding): Workload {
  const operations: Operations =
    add === 'append'
      ? [{ request: read }, { request: add }]
      : [
          { request: read, args: { key: '$key' } },
          { request: add, args: { key: '$key', value: '$unique', context: null } },
        ];
  return { operations, rate, read };
}

/**
 * Two clients a node ask it and nobody else, though they go where it sends them, if they get there: they are on its side of the
 * cut. They ask at random times, whether or not earlier requests were answered. One more a node reads when all is over.
 */
export function probeConfig(store: CapStore, nodes: number, seed: string, workload: Workload): SimulationConfig {
  const { operations, rate, read } = workload;
  return {
    protocol: store.protocol,
    nodes,
    options: store.options(nodes),
    seed,
    network: {
      latency: { uniform: [1_000, 5_000] },
      links: [
        { from: 'clients', latency: { constant: 500 } },
        { to: 'clients', latency: { constant: 500 } },
      ],
    },
    clients: {
      count: 2 * nodes,
      operations,
      keys: KEYS,
      rate,
      target: 'pinned',
      timeout: BOUNDS[2],
      start: START,
      stop: HEAL_AT,
    },
    script: finalReads(nodes, read),
    until: END,
  };
}

function finalReads(nodes: number, request: string): NonNullable<SimulationConfig['script']> {
  const reads: NonNullable<SimulationConfig['script']>[number][] = [];
  let turn = 0;
  for (let at = HEAL_AT; at < END - BOUND; at += READS_EVERY / KEYS) {
    const key = KEY_NAMES[turn++ % KEYS]!;
    for (let node = 0; node < nodes; node++) {
      // Not sent elsewhere: who answers is who was asked.
      reads.push({
        at: Math.round(at),
        client: readerOf(node, nodes),
        request,
        args: { key },
        target: `n${node + 1}`,
      });
    }
  }
  return reads;
}

function readerOf(node: number, nodes: number): string {
  return `c${2 * nodes + node + 1}`;
}

/** The process of a client that reads when all is over begins with its index. */
export function isFinalRead({ time, f }: HistoryEvent, read = 'read'): boolean {
  return time >= HEAL_AT && f === read;
}

/** A node with its clients, on whichever side of the cut they are. */
function endpointsOf(side: readonly number[], nodes: number): string[] {
  return side.flatMap((node) => [`n${node + 1}`, `c${node + 1}`, `c${nodes + node + 1}`, readerOf(node, nodes)]);
}

export function runCut(config: SimulationConfig, { sides, oneWay, nodes }: Cut): RunResult {
  const [first, second] = sides.map((side) => endpointsOf(side, nodes));
  const shape = oneWay ? { from: first!, to: second! } : { groups: [first!, second!] };
  return runToEnd({ ...config, faults: [{ do: 'partition', shape, at: CUT_AT, for: HEAL_AT - CUT_AT }] });
}

/** Who leads as the cut comes: the same run up to there, so it is the one who will be cut. */
export function leaderBefore({ leader }: CapStore, config: SimulationConfig): number {
  if (leader === undefined) return -1;
  const simulation = new Simulation({ ...config, until: CUT_AT });
  simulation.run();
  const roles = simulation.world.nodes.map((node) => config.protocol.role?.(node)?.name);
  return roles.lastIndexOf(leader);
}

export function runToEnd(config: SimulationConfig): RunResult {
  return new Simulation({ ...config, continueAfterViolation: true }).run();
}

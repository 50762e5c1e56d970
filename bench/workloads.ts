/** What every contestant runs. README.md says it in words; the peers in other languages repeat these numbers. */
export type WorkloadName = 'ping-pong' | 'heartbeat-5' | 'heartbeat-100';

export interface Workload {
  readonly name: WorkloadName;
  readonly nodes: number;
  /** Deliveries in ping-pong, beats of each node in the heartbeats. */
  roundsFor(events: number): number;
  /** Deliveries and timers together. */
  eventsOf(rounds: number): number;
  /** What the nodes' counters come to, whatever the latencies drawn were. */
  checksumOf(rounds: number): number;
}

export const LATENCY_US_MIN = 1_000;
export const LATENCY_US_MAX = 10_000;
export const BEAT_US = 100_000;

/** What a handler does with a message, modulo 2^32. */
export function absorb(sum: number, counter: number, from: number): number {
  return (sum + counter + from) >>> 0;
}

/** Folds the nodes' counters, in the order of the nodes, into the one number that all contestants must agree on. */
export function foldChecksum(sums: Iterable<number>): number {
  let checksum = 0;
  for (const sum of sums) checksum = (Math.imul(checksum, 31) + sum) >>> 0;
  return checksum;
}

const pingPong: Workload = {
  name: 'ping-pong',
  nodes: 2,
  roundsFor: (events) => events,
  eventsOf: (rounds) => rounds,
  checksumOf(rounds) {
    const sums: [number, number] = [0, 0];
    // Message 1 goes from node 0 to node 1, message 2 back, and so on.
    for (let counter = 1; counter <= rounds; counter++) {
      const to = counter % 2 === 1 ? 1 : 0;
      sums[to] = absorb(sums[to], counter, 1 - to);
    }
    return foldChecksum(sums);
  },
};

function heartbeat(name: WorkloadName, nodes: number): Workload {
  return {
    name,
    nodes,
    roundsFor: (events) => Math.max(1, Math.round(events / (nodes * nodes))),
    // Every beat is one timer and nodes − 1 deliveries at each of the nodes.
    eventsOf: (rounds) => rounds * nodes * nodes,
    checksumOf(rounds) {
      const sums = new Array<number>(nodes).fill(0);
      for (let to = 0; to < nodes; to++) {
        for (let from = 0; from < nodes; from++) {
          if (from === to) continue;
          for (let counter = 1; counter <= rounds; counter++) sums[to] = absorb(sums[to] ?? 0, counter, from);
        }
      }
      return foldChecksum(sums);
    },
  };
}

export const WORKLOADS: readonly Workload[] = [pingPong, heartbeat('heartbeat-5', 5), heartbeat('heartbeat-100', 100)];

export function workloadNamed(name: string): Workload {
  const found = WORKLOADS.find((workload) => workload.name === name);
  if (found === undefined) {
    throw new Error(`no workload is named '${name}': there are ${WORKLOADS.map((each) => each.name).join(', ')}`);
  }
  return found;
}

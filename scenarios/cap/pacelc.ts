import { kv, linearizable, operationsOf } from '../../checkers/index.js';
import type { Micros, RunResult, SimulationConfig } from '../../engine/index.js';
import { probeConfig, READS_AND_WRITES, runToEnd } from './probe.js';
import type { CapStore } from './store.js';

/** What a store gives up when all is well: `L`: consistency, for latency. `C`: latency. `neither`: latency, and has not got the other. */
export type ElseClass = 'L' | 'C' | 'neither';

export interface Pacelc {
  readonly class: ElseClass;
  /** Milliseconds that a median read, and write, takes longer for each millisecond that messages between nodes take longer. */
  readonly readSlope: number;
  readonly writeSlope: number;
  /** Evidence, where delays alone were enough to show a history that is not linearizable. */
  readonly refuted: boolean;
}

const MS = 1_000;
/** One-way delays between nodes; those between clients and nodes stay as they are. */
const DELAYS: readonly Micros[] = [1, 5, 10, 20, 40].map((ms) => ms * MS);
/** A store that waits for another node waits at least for one delay there and one back. What is far below is no waiting. */
const SLOPE_MIN = 0.2;
const UNTIL: Micros = 12_000 * MS;
const NODES = 5;

export function pacelcOf(store: CapStore, seeds: readonly string[]): Pacelc {
  const medians = DELAYS.map((delay) => mediansAt(store, delay, seeds[0]!));
  const readSlope = slope(medians.map(({ reads }) => reads));
  const writeSlope = slope(medians.map(({ writes }) => writes));
  const refuted = seeds.some((seed) => isRefuted(runToEnd(stretched(store, seed))));
  return { class: elseClassOf(readSlope, writeSlope, refuted), readSlope, writeSlope, refuted };
}

export function elseClassOf(readSlope: number, writeSlope: number, refuted: boolean): ElseClass {
  const waits = readSlope >= SLOPE_MIN || writeSlope >= SLOPE_MIN;
  return !waits ? 'L' : refuted ? 'neither' : 'C';
}

function calm(store: CapStore, seed: string): SimulationConfig {
  const config = probeConfig(store, NODES, seed, READS_AND_WRITES);
  return { ...config, script: [], until: UNTIL, clients: { ...config.clients!, stop: UNTIL - 4_000 * MS } };
}

/** Clients that know where to ask, so that nothing but the store's own messages makes a difference. */
function mediansAt(store: CapStore, delay: Micros, seed: string): { readonly reads: number; readonly writes: number } {
  const config = calm(store, seed);
  const { history } = runToEnd({
    ...config,
    clients: { ...config.clients!, target: 'leader' },
    network: { ...config.network, latency: { constant: delay } },
  });
  // Only what was not sent elsewhere first: that pause has nothing to do with the delay.
  const done = operationsOf(history).filter(({ outcome }) => outcome === 'ok');
  const times = (reads: boolean): number[] =>
    done.filter(({ f }) => (f === 'read') === reads).map(({ invokedAt, returnedAt }) => returnedAt! - invokedAt);
  return { reads: median(times(true)), writes: median(times(false)) };
}

/** Delays that nobody can count on, and no fault: most messages are quick, some are overtaken by many. */
function stretched(store: CapStore, seed: string): SimulationConfig {
  const config = calm(store, seed);
  const latency = {
    mixture: [
      { weight: 4, of: { uniform: [1_000, 3_000] as const } },
      { weight: 1, of: { uniform: [20_000, 60_000] as const } },
    ],
  };
  return { ...config, network: { ...config.network, latency } };
}

function isRefuted({ history }: RunResult): boolean {
  return linearizable(history, kv).verdict === 'violation';
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** Of the line that fits best, by least squares, through the medians over the delays. */
function slope(medians: readonly number[]): number {
  const meanX = DELAYS.reduce((sum, x) => sum + x, 0) / DELAYS.length;
  const meanY = medians.reduce((sum, y) => sum + y, 0) / medians.length;
  let above = 0;
  let below = 0;
  DELAYS.forEach((x, i) => {
    above += (x - meanX) * (medians[i]! - meanY);
    below += (x - meanX) * (x - meanX);
  });
  return above / below;
}

import { Choices, ms, seconds, toInteger, type Micros, type SimulationConfig } from '../../../engine/index.js';
import type { ComparedStore } from './stores.js';

/*
 * One course for all stores:
 *
 *   0 ── a first leader ── clients ask ── CALM_FROM ── figures of calm ── the crash ── the restart ── clients stop ── end
 */
export const NODES = 5;
const START = ms(1_500);
export const CALM_FROM = seconds(2);
/** At a moment drawn between these: nobody's heartbeat is at a given distance. */
const CRASH_FROM = seconds(4);
const CRASH_TO = ms(4_100);
export const DOWN_FOR = seconds(2);
export const STOP = seconds(8);
const FINAL_READS_AT = seconds(9);
const END = seconds(10);

export const LATENCY_MS_MEAN = 3;

/** Enough for gaps to be seen, and few enough that no store is busy. */
export const RATE = 100;
export const CLIENTS = 10;
const KEYS = ['x', 'y', 'z', 'k4', 'k5'];
/** When a client takes its question for lost, and asks another node the next. No store takes so long in calm. */
export const PATIENCE = ms(100);

export interface Course {
  readonly config: SimulationConfig;
  readonly crashAt: Micros;
}

/** Where writes replace each other, they show what clients see; where each is appended, none can go unnoticed. */
export type Writing = 'write' | 'append';

/** The same for every store, but for who is meant by the leader. */
export function courseOf(store: ComparedStore, writing: Writing, seed: string): Course {
  const choices = new Choices(seed);
  const crashAt = toInteger(choices.draw(choices.stream('compare', 'crash', 0.5)), CRASH_FROM, CRASH_TO);
  return {
    crashAt,
    config: {
      protocol: store.protocol,
      nodes: NODES,
      options: store.options(NODES),
      seed,
      network: { latency: { uniform: [ms(LATENCY_MS_MEAN - 2), ms(LATENCY_MS_MEAN + 2)] } },
      disk: { syncLatency: { uniform: [ms(0.5), ms(2)] } },
      clients: {
        count: CLIENTS,
        operations: [{ request: 'read' }, { request: writing }],
        keys: KEYS.length,
        rate: RATE,
        timeout: PATIENCE,
        start: START,
        stop: STOP,
      },
      faults: [
        {
          do: 'crash',
          whom: store.leader === undefined ? 'n1' : { role: store.leader },
          at: crashAt,
          for: DOWN_FOR,
        },
      ],
      // By clients of their own: what is left when all is over.
      script: KEYS.map((key, i) => ({
        at: FINAL_READS_AT,
        client: `c${CLIENTS + 1 + i}`,
        request: 'read',
        args: { key },
      })),
      until: END,
      // Losses show in the history.
      ...(writing === 'write' && { trace: 'events' }),
      continueAfterViolation: !store.promisesLinearizability,
    },
  };
}

export function isFinal(time: Micros): boolean {
  return time >= FINAL_READS_AT;
}

import type { WorkloadName } from './workloads.js';

export type Mode = 'bare' | 'all-in';
export type Peer = 'cpp' | 'ns-3' | 'simjs' | 'simpy';

type GoalRow = Readonly<Record<WorkloadName, number>>;

function row(pingPong: number, heartbeat5: number, heartbeat100: number): GoalRow {
  return { 'ping-pong': pingPong, 'heartbeat-5': heartbeat5, 'heartbeat-100': heartbeat100 };
}

/** Our speed must be at least this multiple of the peer's. */
export const GOALS: Readonly<Record<Peer, Readonly<Record<Mode, GoalRow>>>> = {
  cpp: { bare: row(0.3, 0.35, 0.7), 'all-in': row(0.12, 0.17, 0.35) },
  'ns-3': { bare: row(1.2, 1.3, 1.7), 'all-in': row(0.5, 0.6, 0.8) },
  simjs: { bare: row(1, 1.3, 2), 'all-in': row(0.4, 0.6, 1) },
  simpy: { bare: row(8, 8, 8), 'all-in': row(3.5, 4, 5) },
};

/** Bytes of memory, at most. */
export const MEMORY_GOALS = { bytesPerNode: 300, bytesPerMessage: 100, totalBytesMax: 500e6 } as const;

import { readFileSync } from 'node:fs';

/** Time that one thread has spent on a processor, in nanoseconds. */
export interface CpuClock {
  readonly source: 'schedstat' | 'cpuUsage';
  nowNs(): number;
}

const SCHEDSTAT = '/proc/thread-self/schedstat';
const nap = new Int32Array(new SharedArrayBuffer(4));

/**
 * The kernel books a running thread's time at ticks (up to 4 ms apart) and whenever the thread leaves the processor.
 * Sleeping for a millisecond before the reading makes the figure exact.
 */
function readSchedstat(): number {
  Atomics.wait(nap, 0, 0, 1);
  return Number(readFileSync(SCHEDSTAT, 'utf8').split(' ', 1)[0]);
}

function schedstatCounts(): boolean {
  try {
    // Kernels without CONFIG_SCHED_INFO, and some sandboxes, have the file and write zeros.
    return readSchedstat() > 0;
  } catch {
    return false;
  }
}

/** The time of the whole process, helper threads (garbage collection, compilation) included. */
export function processCpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1_000;
}

/** The calling thread's clock; where the system has none, the whole process's, and `source` says so. */
export function cpuClock(): CpuClock {
  if (schedstatCounts()) return { source: 'schedstat', nowNs: readSchedstat };
  return { source: 'cpuUsage', nowNs: processCpuNs };
}

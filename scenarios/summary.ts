import type { HistoryEvent, Micros, TraceEvent } from '../engine/index.js';
import { US_PER_SECOND } from '../engine/index.js';

/** Durations of operations that succeeded, in microseconds; null when there were none. */
export interface Latency {
  readonly p50: Micros;
  readonly p90: Micros;
  readonly p99: Micros;
  readonly max: Micros;
}

/** A stretch of the run between two changes of what is broken. */
export interface Phase {
  readonly from: Micros;
  readonly to: Micros;
  /** The faults in force, as sentences; empty for peace. */
  readonly faults: readonly string[];
  /** Operations that began in it, and what became of them. */
  readonly operations: number;
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  /** The longest stretch of the phase in which somebody waited and nobody was served: what clients felt of a fault. */
  readonly longestSilence: Micros;
}

export interface WorkloadSummary {
  readonly operations: number;
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  /** Successful operations per virtual second. */
  readonly throughput: number;
  readonly latency: Latency | null;
  readonly phases: readonly Phase[];
}

/** What clients saw: how many operations, how fast, and how available the system was in each phase of the run. */
export function summarize(
  history: readonly HistoryEvent[],
  faults: readonly TraceEvent[],
  until: Micros,
): WorkloadSummary {
  const operations = operationsIn(history);
  const times = operations
    .filter((operation) => operation.outcome === 'ok')
    .map((operation) => operation.end - operation.start)
    .sort((a, b) => a - b);
  const counts = countOutcomes(operations);
  return {
    ...counts,
    throughput: until === 0 ? 0 : (counts.ok * US_PER_SECOND) / until,
    latency:
      times.length === 0
        ? null
        : { p50: quantile(times, 0.5), p90: quantile(times, 0.9), p99: quantile(times, 0.99), max: times.at(-1)! },
    phases: phasesOf(faults, until).map((phase) => ({
      ...phase,
      ...countOutcomes(operations.filter(({ start }) => start >= phase.from && start < phase.to)),
      longestSilence: longestSilence(operations, phase.from, phase.to),
    })),
  };
}

/** The longest time between `from` and `to` in which at least one operation was open and none succeeded. */
function longestSilence(operations: readonly Finished[], from: Micros, to: Micros): Micros {
  const changes: { readonly time: Micros; readonly open: number; readonly served: boolean }[] = [];
  for (const { start, end, outcome, answered } of operations) {
    const until = answered ? end : to;
    if (until < from || start > to) continue;
    changes.push({ time: Math.max(start, from), open: 1, served: false });
    changes.push({ time: Math.min(until, to), open: -1, served: outcome === 'ok' && until <= to });
  }
  // Of one instant, openings come first: whoever asks at once again has not stopped waiting.
  changes.sort((a, b) => a.time - b.time || b.open - a.open);
  let open = 0;
  let since = from;
  let longest = 0;
  for (const change of changes) {
    if (open > 0) longest = Math.max(longest, change.time - since);
    if (open === 0 || change.served) since = change.time;
    open += change.open;
  }
  return longest;
}

interface Finished {
  readonly start: Micros;
  /** As far as known: `start` for what was never answered. */
  readonly end: Micros;
  readonly answered: boolean;
  readonly outcome: 'ok' | 'fail' | 'info';
}

function operationsIn(history: readonly HistoryEvent[]): Finished[] {
  const open = new Map<HistoryEvent['process'], number>();
  const finished: Finished[] = [];
  for (const { type, process, time } of history) {
    if (type === 'invoke') {
      open.set(process, finished.length);
      // Until it is answered nobody knows.
      finished.push({ start: time, end: time, answered: false, outcome: 'info' });
    } else {
      const at = open.get(process);
      if (at === undefined) continue;
      open.delete(process);
      finished[at] = { start: finished[at]!.start, end: time, answered: true, outcome: type };
    }
  }
  return finished;
}

function countOutcomes(operations: readonly Finished[]): {
  operations: number;
  ok: number;
  failed: number;
  unknown: number;
} {
  const count = (outcome: Finished['outcome']): number => operations.filter((one) => one.outcome === outcome).length;
  return { operations: operations.length, ok: count('ok'), failed: count('fail'), unknown: count('info') };
}

/** The value below which a share `q` of the sorted values lies (nearest rank). */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!;
}

function phasesOf(faults: readonly TraceEvent[], until: Micros): Pick<Phase, 'from' | 'to' | 'faults'>[] {
  const inForce = new Map<number, string>();
  const phases: Pick<Phase, 'from' | 'to' | 'faults'>[] = [];
  let from = 0;
  const close = (to: Micros): void => {
    if (to > from) phases.push({ from, to, faults: [...inForce.values()] });
    from = Math.max(from, to);
  };
  const lasting = lastingFaults(faults);
  for (const { time, name, why, body } of faults) {
    const { fault } = body as unknown as { fault: number };
    if (name === 'begin' && lasting.has(fault)) {
      close(time);
      inForce.set(fault, why ?? '');
    } else if (name === 'end' && inForce.has(fault)) {
      close(time);
      inForce.delete(fault);
    }
  }
  close(until);
  return phases;
}

/** Faults that end: only these make a phase; a jump of a clock is over at once. */
function lastingFaults(faults: readonly TraceEvent[]): ReadonlySet<number> {
  const ended = faults.filter(({ name }) => name === 'end');
  return new Set(ended.map(({ body }) => (body as unknown as { fault: number }).fault));
}

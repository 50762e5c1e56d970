import { isTotal, type Availability } from './availability.js';

/**
 * What a store is when its network is cut, by what was measured.
 *
 * `AP`: every request is answered, and consistency was refuted. `CP`: not every request is answered, and nothing was refuted.
 * `read-only`: every read is answered and not every write. `neither`: not every request is answered, and refuted all the same.
 * `inadequate`: every request is answered and nothing was refuted, which the theorem says cannot be: the workload was too weak.
 * `depends on the bound`: it is another one with twice or four times the time to answer.
 */
export type CapClass = 'AP' | 'CP' | 'read-only' | 'neither' | 'inadequate' | 'depends on the bound';

export interface Observed {
  /** At all nodes, by bound. */
  readonly all: readonly Availability[];
  readonly refuted: boolean;
}

/** The class for one bound: the worst over the cuts, each of which must be answered through to count as available. */
function classAt(observed: readonly Observed[], bound: number): Exclude<CapClass, 'depends on the bound'> {
  const reads = observed.every(({ all }) => isTotal(all[bound]!.reads));
  const writes = observed.every(({ all }) => isTotal(all[bound]!.writes));
  const refuted = observed.some((one) => one.refuted);
  if (reads && writes) return refuted ? 'AP' : 'inadequate';
  if (reads) return 'read-only';
  return refuted ? 'neither' : 'CP';
}

export function classOf(observed: readonly Observed[]): CapClass {
  const bounds = observed[0]?.all.length ?? 0;
  const classes = new Set(Array.from({ length: bounds }, (_, bound) => classAt(observed, bound)));
  const [first] = classes;
  return classes.size === 1 ? first! : 'depends on the bound';
}

/**
 * The number of a transaction: the epoch of the primary that broadcast it, and its place among those of that epoch ([zab]
 * section III: z = ⟨e, c⟩).
 */
export interface Zxid {
  readonly epoch: number;
  readonly counter: number;
}

/** Before all transactions. */
export const ZERO: Zxid = { epoch: 0, counter: 0 };

/** Below 0: a before b; 0: the same. */
export function compareZxids(a: Zxid, b: Zxid): number {
  return a.epoch - b.epoch || a.counter - b.counter;
}

export function showZxid({ epoch, counter }: Zxid): string {
  return `${epoch}.${counter}`;
}

/** What belongs to one half of a node's state may not stand in the other. */
export function copyZxid({ epoch, counter }: Zxid): Zxid {
  return { epoch, counter };
}

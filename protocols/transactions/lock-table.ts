import type { Claim, Lock, Mode } from './shape.js';

/** Locks by key. Who must wait waits in the order of coming; an upgrade goes first, as nobody can pass its holder anyway. */
export type LockTable = Map<string, Lock>;
type ReadonlyLocks = ReadonlyMap<string, { readonly holders: readonly Claim[]; readonly queue: readonly Claim[] }>;

const conflict = (a: Mode, b: Mode): boolean => a === 'X' || b === 'X';

export function holds(locks: ReadonlyLocks, key: string, id: number, mode: Mode): boolean {
  const own = locks.get(key)?.holders.find((claim) => claim.id === id);
  return own !== undefined && (own.mode === 'X' || mode === 'S');
}

/** @returns whether the lock was granted; else the transaction is in the queue now. */
export function claim(locks: LockTable, key: string, id: number, mode: Mode, besideReaders: boolean): boolean {
  if (holds(locks, key, id, mode)) return true;
  let lock = locks.get(key);
  if (lock === undefined) locks.set(key, (lock = { holders: [], queue: [] }));
  const upgrade = lock.holders.some((holder) => holder.id === id);
  const free = (lock.queue.length === 0 || upgrade) && isFree(lock, { id, mode });
  if (free || (upgrade && besideReaders)) {
    grant(lock, { id, mode });
    return true;
  }
  if (upgrade) lock.queue.unshift({ id, mode });
  else lock.queue.push({ id, mode });
  return false;
}

/** @returns those that have waited for this lock and now have it. */
export function release(locks: LockTable, key: string, id: number): number[] {
  const lock = locks.get(key);
  if (lock === undefined) return [];
  lock.holders = lock.holders.filter((holder) => holder.id !== id);
  lock.queue = lock.queue.filter((waiting) => waiting.id !== id);
  const granted: number[] = [];
  while (lock.queue.length > 0 && isFree(lock, lock.queue[0]!)) {
    const next = lock.queue.shift()!;
    grant(lock, next);
    granted.push(next.id);
  }
  if (lock.holders.length === 0) locks.delete(key);
  return granted;
}

/** The waits-for graph: whom a transaction in the queue of this key waits for. */
export function blockersOf(locks: ReadonlyLocks, key: string, id: number): number[] {
  const lock = locks.get(key);
  const place = lock?.queue.findIndex((waiting) => waiting.id === id) ?? -1;
  if (lock === undefined || place < 0) return [];
  const { mode } = lock.queue[place]!;
  const holders = lock.holders.filter((holder) => holder.id !== id && conflict(holder.mode, mode));
  return [...holders, ...lock.queue.slice(0, place)].map((blocker) => blocker.id);
}

/** Who waits, and for which key. */
type Waiting = ReadonlyMap<number, { readonly waitsFor: string | null }>;

/** A circle of transactions that wait for each other, through this one; null where there is none. */
export function deadlockThrough(locks: ReadonlyLocks, waiting: Waiting, id: number): number[] | null {
  if (!waitsForWaiting(locks, waiting, id)) return null;
  const cameFrom = new Map<number, number>();
  const open = [id];
  for (const at of open) {
    const key = waiting.get(at)?.waitsFor ?? null;
    if (key === null) continue;
    for (const blocker of blockersOf(locks, key, at)) {
      if (blocker === id) {
        const circle = [at];
        while (circle.at(-1) !== id) circle.push(cameFrom.get(circle.at(-1)!)!);
        return circle.reverse();
      }
      if (cameFrom.has(blocker)) continue;
      cameFrom.set(blocker, at);
      open.push(blocker);
    }
  }
  return null;
}

/** Only who waits for somebody that waits can be in a circle. */
function waitsForWaiting(locks: ReadonlyLocks, waiting: Waiting, id: number): boolean {
  const key = waiting.get(id)?.waitsFor ?? null;
  const lock = key === null ? undefined : locks.get(key);
  if (lock === undefined) return false;
  for (const { id: holder } of lock.holders) if (holder !== id && isWaiting(waiting, holder)) return true;
  for (const { id: ahead } of lock.queue) {
    if (ahead === id) return false;
    if (isWaiting(waiting, ahead)) return true;
  }
  return false;
}

function isWaiting(waiting: Waiting, id: number): boolean {
  return (waiting.get(id)?.waitsFor ?? null) !== null;
}

function isFree({ holders }: Lock, { id, mode }: Claim): boolean {
  return holders.every((holder) => holder.id === id || !conflict(holder.mode, mode));
}

function grant(lock: Lock, granted: Claim): void {
  lock.holders = [...lock.holders.filter(({ id }) => id !== granted.id), granted];
}

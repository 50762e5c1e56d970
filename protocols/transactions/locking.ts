import { keysOf, type Running, type Step } from './shape.js';
import { claim, deadlockThrough, release } from './lock-table.js';
import { newest, undo, writeInPlace, type Store } from './versions.js';

/**
 * How long a lock is held (Berenson et al. 1995, Table 2): not at all, for the one action (short), or to the end (long).
 * Write locks are long at every level. What is no item yet cannot be locked as one: a read that finds nothing has asked
 * a predicate ("is there such an item?"), and predicate locks are short at REPEATABLE READ.
 */
function readLock(node: Store, key: string): 'none' | 'short' | 'long' {
  switch (node.options.level) {
    case 'read-uncommitted':
      return 'none';
    case 'read-committed':
      return 'short';
    case 'repeatable-read':
      return newest(node, key).value === null ? 'short' : 'long';
    case 'serializable':
      return node.bug('releases-read-locks-early') ? 'short' : 'long';
  }
}

/** Does one step under its lock. @returns the step done, or null where it has to wait, or was the victim of a deadlock. */
export function stepLocked(node: Store, running: Running, step: Step): Step | null {
  const [f, key] = step;
  const { locks } = node.volatile;
  const duration = f === 'r' ? readLock(node, key) : 'long';
  if (duration !== 'none') {
    const granted = claim(locks, key, running.id, f === 'r' ? 'S' : 'X', node.bug('upgrades-beside-readers'));
    if (!granted) {
      running.waitsFor = key;
      node.mark('waits', { id: running.id, key });
      return null;
    }
  }
  let done = step;
  if (f === 'r') done = [f, key, newest(node, key).value];
  else writeInPlace(node, running, step);
  const shared = locks.get(key)?.holders.some(({ id, mode }) => id === running.id && mode === 'S') ?? false;
  const early = f !== 'r' && node.bug('releases-write-locks-early');
  if (early || (shared && f === 'r' && isShort(node, running, key, duration))) letGo(node, running, key);
  return done;
}

/** A lock that an earlier read holds to the end stays, however short this one is. */
function isShort(node: Store, running: Running, key: string, duration: 'none' | 'short' | 'long'): boolean {
  if (duration !== 'short') return false;
  if (node.options.level !== 'repeatable-read') return true;
  return !running.done.some(([f, at, value]) => f === 'r' && at === key && value !== null);
}

/** Victims of deadlocks, until nobody waits for itself: the youngest of each circle, which has the least to lose. */
export function deadlockVictim(node: Store, running: Running): number | null {
  const { locks, running: all } = node.volatile;
  const circle = deadlockThrough(locks, all, running.id);
  if (circle === null || (circle.length > 2 && node.bug('sees-direct-deadlocks-only'))) return null;
  node.mark('deadlock', { circle });
  return circle.reduce((youngest, id) => Math.max(youngest, id));
}

export function undoLocked(node: Store, running: Running, isVictim: boolean): void {
  if (!isVictim || !node.bug('keeps-writes-of-victims')) undo(node, running);
}

/** Strict two-phase locking: all that is still held is released at the end, at once. */
export function releaseAll(node: Store, running: Running): void {
  const waiting = running.waitsFor === null ? [] : [running.waitsFor];
  for (const key of new Set([...keysOf(running.done), ...waiting])) letGo(node, running, key);
}

/** Those whose turn it is go on at once. */
function letGo(node: Store, { id }: Running, key: string): void {
  for (const next of release(node.volatile.locks, key, id)) {
    const woken = node.volatile.running.get(next);
    if (woken === undefined) continue;
    woken.waitsFor = null;
    node.setTimer('step', 0, { id: next }, `${next}`);
  }
}

import type { History, Value } from '../../engine/index.js';
import { transactionsOf, type IsolationLevel, type Transaction, type TransactionKind } from '../../checkers/index.js';

export type OracleLevel = Extract<
  IsolationLevel,
  | 'serializable'
  | 'strong-session-serializable'
  | 'strict-serializable'
  | 'snapshot-isolation'
  | 'strong-session-snapshot-isolation'
  | 'strong-snapshot-isolation'
>;

export const ORACLE_LEVELS: readonly OracleLevel[] = [
  'serializable',
  'strong-session-serializable',
  'strict-serializable',
  'snapshot-isolation',
  'strong-session-snapshot-isolation',
  'strong-snapshot-isolation',
];

type Store = ReadonlyMap<string, Value>;

interface World {
  readonly store: Store;
  /** When each key was last committed. */
  readonly committedAt: ReadonlyMap<string, number>;
  readonly clock: number;
  /** When each open transaction began. */
  readonly open: ReadonlyMap<Transaction, number>;
  readonly done: ReadonlySet<Transaction>;
}

/**
 * By definition: is there an order of the beginnings and ends of the transactions in which each read what the store held when its
 * transaction began (and its own writes), and (for snapshot isolation) nobody committed over what was committed since it began,
 * or (for serializability) each ends at once? Tries every order. The unanswered may happen or not.
 */
export function isPossible(history: History, kind: TransactionKind, level: OracleLevel): boolean {
  const all = transactionsOf(history, kind).transactions.filter(({ outcome }) => outcome !== 'failed');
  const snapshots = level.includes('snapshot');
  const before = (a: Transaction, b: Transaction): boolean => {
    if (a === b || a.outcome !== 'ok') return false;
    if (level === 'strict-serializable' || level === 'strong-snapshot-isolation') return a.return < b.call;
    return level.startsWith('strong-session') && a.process === b.process && a.return < b.call;
  };
  const search = (world: World): boolean => {
    if (all.every((t) => t.outcome !== 'ok' || world.done.has(t))) return true;
    for (const t of all) {
      if (world.done.has(t)) continue;
      const since = world.open.get(t);
      if (since !== undefined) {
        const ended = commit(world, t, since);
        if (ended !== undefined && search(ended)) return true;
        continue;
      }
      if (all.some((other) => before(other, t) && !world.done.has(other)) || !readsFit(t, world.store)) continue;
      const clock = world.clock + 1;
      const begun: World = { ...world, clock, open: new Map([...world.open, [t, clock]]) };
      const next = snapshots ? begun : commit(begun, t, clock);
      if (next !== undefined && search(next)) return true;
    }
    return false;
  };
  return search({ store: new Map(), committedAt: new Map(), clock: 0, open: new Map(), done: new Set() });
}

function readsFit(t: Transaction, snapshot: Store): boolean {
  const own = new Map(snapshot);
  for (const { f, key, value } of t.operations) {
    const name = JSON.stringify(key);
    const now = own.get(name) ?? null;
    if (f === 'w') own.set(name, value);
    else if (f === 'append') own.set(name, [...((now ?? []) as Value[]), value]);
    else if (t.outcome === 'ok' && text(now) !== text(value)) return false;
  }
  return true;
}

/** An empty list reads as null or as []. */
function text(value: Value): string {
  return JSON.stringify(Array.isArray(value) && value.length === 0 ? null : value);
}

function commit(world: World, t: Transaction, since: number): World | undefined {
  const store = new Map(world.store);
  const committedAt = new Map(world.committedAt);
  const clock = world.clock + 1;
  for (const { f, key, value } of t.operations) {
    if (f === 'r') continue;
    const name = JSON.stringify(key);
    if ((world.committedAt.get(name) ?? 0) > since) return undefined;
    store.set(name, f === 'w' ? value : [...((store.get(name) ?? []) as Value[]), value]);
    committedAt.set(name, clock);
  }
  const open = new Map(world.open);
  open.delete(t);
  return { store, committedAt, clock, open, done: new Set([...world.done, t]) };
}

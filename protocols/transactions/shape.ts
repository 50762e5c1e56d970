import type { RequestRef } from '../../engine/index.js';

/** What is appended, and what a key holds: a list of these, or one alone. */
export type Atom = number | string;
export type Value = null | Atom | readonly Atom[];

/** One step of a transaction: read a key, append to the list that it holds, or write it. A read brings back its value. */
export type Step = readonly [f: 'r' | 'append' | 'w', key: string, value: Value];

/** What may be asked for: a step, or the write of what the transaction last saw of a key and this much more. */
export type Asked = Step | readonly [f: 'add', key: string, value: number];

/** How transactions are kept apart. */
export type Concurrency = 'locking' | 'snapshot' | 'optimistic';

/** For locking: which read locks there are, and how long they are held (Berenson et al. 1995, Table 2). */
export type Level = 'read-uncommitted' | 'read-committed' | 'repeatable-read' | 'serializable';

/** A value that a key has, or had. `at` is the number of the commit that made it; null until its writer has committed. */
export interface Version {
  at: number | null;
  readonly by: number;
  readonly value: Value;
}

export interface Running {
  readonly id: number;
  readonly ref: RequestRef<Transactions, 'txn'>;
  readonly steps: readonly Asked[];
  /** The steps that were done, reads with what they found. */
  done: Step[];
  /** How many transactions had committed when this one began: its snapshot, or the start of what it is validated against. */
  start: number;
  /** The key in whose queue it waits. */
  waitsFor: string | null;
}

/** S: shared, to read. X: exclusive, to write. */
export type Mode = 'S' | 'X';

export interface Claim {
  readonly id: number;
  readonly mode: Mode;
}

export interface Lock {
  holders: Claim[];
  queue: Claim[];
}

/** What a commit leaves on the disk: its number, and what it wrote. */
export interface Commit {
  readonly number: number;
  readonly writes: readonly Step[];
}

/** One node that has the data; clients send whole transactions, which the store steps through with time between the steps. */
export interface Transactions {
  options: {
    concurrency: Concurrency;
    /** Of `locking` alone. */
    level: Level;
    /** At most this long between two steps of a transaction, as its client would think. */
    thinkMs: number;
    /** How many transactions are rolled back at their end, as by a user who thinks better of it. */
    rollbackChance: number;
    /** How many commits the log holds at most before the state is written whole. */
    checkpointEvery: number;
    /** Keys that hold something from the start: an empty list. What is no item yet cannot be locked as one. */
    filled: readonly string[];
    /** What accounts hold at the start: numbers that `add` adds to. */
    balances: Readonly<Record<string, number>>;
    /** How many run at once; others are sent away. */
    runningMax: number;
  };
  durable: {
    checkpoint: { commit: number; values: Readonly<Record<string, Value>> };
    log: Commit[];
  };
  volatile: {
    /** Number of the last commit. */
    commits: number;
    lastId: number;
    running: Map<number, Running>;
    /** By key, oldest first. All but `snapshot` keep only the last committed one, below those that are not committed. */
    versions: Map<string, Version[]>;
    locks: Map<string, Lock>;
    /** Of `optimistic`: what those wrote that committed since the oldest running transaction began. */
    validated: { readonly commit: number; readonly keys: readonly string[] }[];
    /** With the bug `replies-before-logging`: committed, and not on its way to the disk. */
    unlogged: Commit[];
  };
  timers: { step: { id: number }; log: void };
  requests: {
    txn: { args: readonly Asked[]; result: readonly Step[] };
  };
  bugs:
    | 'releases-read-locks-early'
    | 'releases-write-locks-early'
    | 'upgrades-beside-readers'
    | 'keeps-writes-of-victims'
    | 'sees-direct-deadlocks-only'
    | 'snapshot-per-statement'
    | 'forgets-first-committer'
    | 'vacuums-too-early'
    | 'validates-without-read-set'
    | 'starts-at-last-read'
    | 'replies-before-logging';
}

export function writesOf({ done }: Running): Step[] {
  return done.filter(([f]) => f !== 'r');
}

/** The keys among these steps, each once. */
export function keysOf(steps: readonly Step[]): string[] {
  return [...new Set(steps.map(([, key]) => key))];
}

/** What a key holds after a write, or an append to what it held. */
export function applied(before: Value, [f, , value]: Step): Value {
  if (f === 'w') return value;
  return [...(isList(before) ? before : []), value as Atom];
}

/** Disk and memory share nothing. */
export function copied(value: Value): Value {
  return isList(value) ? [...value] : value;
}

function isList(value: Value): value is readonly Atom[] {
  return Array.isArray(value);
}

import type { HistoryEvent, Value } from '../../engine/index.js';
import type { TransactionKind } from '../../checkers/index.js';

/** What a simulated store promises, or how it fails to. */
export type StoreMode =
  | 'serial'
  | 'snapshots'
  | 'read-committed'
  | 'read-uncommitted'
  /** Snapshots as old as it likes, first committer wins. */
  | 'stale-snapshots'
  /** Snapshots as old as it likes, and nobody is refused. */
  | 'careless';

export interface Workload {
  readonly kind: TransactionKind;
  readonly mode: StoreMode;
  readonly seed: number;
  readonly processes: number;
  readonly transactions: number;
  readonly keys: number;
  readonly stepsMax: number;
  /** Of ten transactions, so many are never answered (half of them happen) and so many are aborted by their client. */
  readonly unanswered?: number;
  readonly aborted?: number;
  /** At the end, one transaction reads everything. */
  readonly lastRead?: boolean;
}

type Step = [f: string, key: string, value: Value];
type Store = ReadonlyMap<string, Value>;

interface Running {
  readonly process: number;
  readonly asked: Step[];
  readonly done: Step[];
  snapshot: Store;
  began: number;
  /** What is undone if it aborts, where writes go to the store at once. */
  readonly undo: Map<string, Value>;
}

/** A small generator of its own (mulberry32): the same histories everywhere. */
export function chance(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Runs clients against a simulated store, step by step in a random order, and gives what they saw. */
export function simulate(workload: Workload): HistoryEvent[] {
  return new Simulated(workload).run();
}

class Simulated {
  private readonly events: HistoryEvent[] = [];
  private readonly pick: (below: number) => number;
  private store: Store = new Map();
  private readonly pasts: Store[] = [new Map()];
  private readonly committedAt = new Map<string, number>();
  private readonly locks = new Map<string, Running>();
  private readonly running = new Map<number, Running>();
  private process: number;
  private begun = 0;
  private value = 0;

  constructor(private readonly workload: Workload) {
    this.pick = chance(workload.seed);
    this.process = workload.processes;
  }

  run(): HistoryEvent[] {
    const free = Array.from({ length: this.workload.processes }, (_, p) => p);
    while (this.begun < this.workload.transactions || this.running.size > 0) {
      const canBegin = free.length > 0 && this.begun < this.workload.transactions;
      if (canBegin && this.pick(this.running.size + 2) === 0) {
        this.begin(free.splice(this.pick(free.length), 1)[0]!, this.steps());
      } else if (this.running.size > 0) {
        const running = [...this.running.values()];
        const freed = this.advance(running[this.pick(running.length)]!);
        if (freed !== undefined) free.push(freed);
      }
    }
    if (this.workload.lastRead === true) this.readAll();
    return this.events;
  }

  private steps(): Step[] {
    const { kind, keys, stepsMax } = this.workload;
    return Array.from({ length: 1 + this.pick(stepsMax) }, (): Step => {
      const key = 'xyzuvw'[this.pick(keys)] ?? `k${this.pick(keys)}`;
      return this.pick(2) === 0 ? ['r', key, null] : [kind === 'list-append' ? 'append' : 'w', key, ++this.value];
    });
  }

  private begin(process: number, asked: Step[]): void {
    const { mode } = this.workload;
    const old = mode === 'stale-snapshots' || mode === 'careless' ? this.pick(Math.min(3, this.pasts.length)) : 0;
    const began = this.pasts.length - 1 - old;
    this.running.set(process, { process, asked, done: [], snapshot: this.pasts[began]!, began, undo: new Map() });
    this.begun++;
    this.log('invoke', process, asked);
  }

  /** One step, or the end: then the process is free again. */
  private advance(t: Running): number | undefined {
    if (this.workload.mode === 'serial' && t.done.length === 0) {
      t.snapshot = this.store;
      t.began = this.pasts.length - 1;
      while (t.done.length < t.asked.length) this.step(t);
      this.commit(t);
      return undefined;
    }
    if (t.done.length < t.asked.length) {
      if (this.step(t)) return undefined;
      return this.end(t, 'fail');
    }
    if (this.workload.mode === 'serial') return this.end(t, 'ok');
    const fate = this.pick(10);
    const { aborted = 0, unanswered = 0 } = this.workload;
    if (fate < aborted) return this.end(t, 'fail');
    if (fate < aborted + unanswered) return this.end(t, 'info', this.pick(2) === 0);
    return this.end(t, this.mayCommit(t) ? 'ok' : 'fail');
  }

  private mayCommit(t: Running): boolean {
    if (this.workload.mode !== 'snapshots' && this.workload.mode !== 'stale-snapshots') return true;
    return t.asked.every(([f, key]) => f === 'r' || (this.committedAt.get(key) ?? 0) <= t.began);
  }

  /** False when the key is locked by another. */
  private step(t: Running): boolean {
    const [f, key, value] = t.asked[t.done.length]!;
    if (f === 'r') {
      t.done.push([f, key, this.seen(t, key)]);
      return true;
    }
    if (this.workload.mode === 'read-committed' && this.locked(t, key)) return false;
    if (this.workload.mode === 'read-uncommitted') {
      if (this.locked(t, key)) return false;
      if (!t.undo.has(key)) t.undo.set(key, this.store.get(key) ?? null);
      this.store = new Map(this.store).set(key, written(this.store.get(key) ?? null, f, value));
    }
    t.done.push([f, key, value]);
    return true;
  }

  /** Takes the key until the transaction ends, or finds that another has it. */
  private locked(t: Running, key: string): boolean {
    const holder = this.locks.get(key) ?? t;
    this.locks.set(key, holder);
    return holder !== t;
  }

  private seen(t: Running, key: string): Value {
    const { mode } = this.workload;
    if (mode === 'read-uncommitted') return this.store.get(key) ?? null;
    let value = (mode === 'read-committed' ? this.store : t.snapshot).get(key) ?? null;
    for (const [f, at, what] of t.done) if (at === key && f !== 'r') value = written(value, f, what);
    return value;
  }

  private commit(t: Running): void {
    if (this.workload.mode !== 'read-uncommitted') {
      const store = new Map(this.store);
      for (const [f, key, value] of t.done) if (f !== 'r') store.set(key, written(store.get(key) ?? null, f, value));
      this.store = store;
    }
    this.pasts.push(this.store);
    for (const [f, key] of t.done) if (f !== 'r') this.committedAt.set(key, this.pasts.length - 1);
  }

  private end(t: Running, type: 'ok' | 'fail' | 'info', happens = type === 'ok'): number {
    if (this.workload.mode !== 'serial') {
      if (happens && this.mayCommit(t)) this.commit(t);
      else for (const [key, value] of t.undo) this.store = new Map(this.store).set(key, value);
    }
    for (const [key, holder] of this.locks) if (holder === t) this.locks.delete(key);
    this.running.delete(t.process);
    this.log(type, t.process, type === 'ok' ? t.done : t.asked);
    return type === 'info' ? this.process++ : t.process;
  }

  private readAll(): void {
    const keys = new Set(this.events.flatMap((event) => (event.value as Step[]).map(([, key]) => key)));
    const asked = [...keys].map((key): Step => ['r', key, null]);
    this.log('invoke', this.process, asked);
    this.log(
      'ok',
      this.process,
      asked.map(([f, key]): Step => [f, key, this.store.get(key) ?? null]),
    );
  }

  private log(type: HistoryEvent['type'], process: number, value: readonly Step[]): void {
    const index = this.events.length;
    this.events.push({ index, time: index * 1_000, type, process, f: 'txn', value: [...value] });
  }
}

function written(before: Value, f: string, value: Value): Value {
  return f === 'w' ? value : [...((before ?? []) as Value[]), value];
}

import type { History } from '../../engine/history.js';
import { operationsOf, type ConsistencyLevel, type Operation } from '../../checkers/index.js';

/*
 * The levels by definition, each by trying every order there is. For a handful of reads and writes whose values are written once.
 * Written from the definitions in docs/checkers-consistency.md, and sharing nothing with the checkers.
 */

interface Op {
  readonly id: number;
  readonly process: number;
  readonly key: string;
  readonly write: boolean;
  /** Written or read; null: the initial value. */
  readonly value: unknown;
  readonly call: number;
  readonly end: number;
}

const NEVER_LISTED: readonly Op[] = [];

/** Reads that returned, and writes that took effect: of the unanswered ones every choice is tried by the caller. */
function opsOf(history: History): { sure: Op[]; maybe: Op[] } {
  const sure: Op[] = [];
  const maybe: Op[] = [];
  for (const o of operationsOf(history)) {
    const write = o.f === 'write';
    if (o.outcome === 'failed' || (!write && o.outcome !== 'ok')) continue;
    const op = opOf(o, write);
    (o.outcome === 'ok' ? sure : maybe).push(op);
  }
  return { sure, maybe };
}

function opOf(o: Operation, write: boolean): Op {
  const value = write ? o.input : o.output;
  return { id: o.call, process: o.process as number, key: String(o.key), write, value, call: o.call, end: o.return };
}

export function holdsByDefinition(history: History, level: ConsistencyLevel): boolean {
  const { sure, maybe } = opsOf(history);
  const judge = JUDGES[level];
  if (judge === undefined) throw new Error(`no oracle for ${level}`);
  for (let choice = 0; choice < 1 << maybe.length; choice++) {
    const happened = maybe.filter((_, i) => (choice >> i) & 1);
    const ops = [...sure, ...happened].sort((a, b) => a.call - b.call);
    if (judge(ops, [...maybe, ...NEVER_LISTED])) return true;
  }
  return false;
}

type Judge = (ops: readonly Op[], unanswered: readonly Op[]) => boolean;
type Before = (a: Op, b: Op) => boolean;

const sessionOrder: Before = (a, b) => a.process === b.process && a.call < b.call;
const realTime: Before = (a, b) => a.end < b.call;

/** Every order of these that keeps `before`; stops when one is good. */
function someOrder(
  ops: readonly Op[],
  before: Before,
  good: (order: readonly Op[]) => boolean,
  prefix: Op[] = [],
  fits?: (order: readonly Op[]) => boolean,
): boolean {
  if (fits?.(prefix) === false) return false;
  if (ops.length === 0) return good(prefix);
  return ops.some((op) => {
    if (ops.some((other) => other !== op && before(other, op))) return false;
    return someOrder(
      ops.filter((other) => other !== op),
      before,
      good,
      [...prefix, op],
      fits,
    );
  });
}

/** Does each of the judged reads return what was written last? */
function legal(order: readonly Op[], judged: (read: Op) => boolean = () => true): boolean {
  const state = new Map<string, unknown>();
  for (const op of order) {
    if (op.write) state.set(op.key, op.value);
    else if (judged(op) && (state.get(op.key) ?? null) !== op.value) return false;
  }
  return true;
}

const legalOrder = (ops: readonly Op[], before: Before, judged?: (read: Op) => boolean): boolean =>
  someOrder(
    ops,
    before,
    () => true,
    [],
    (order) => legal(order, judged),
  );

/** (po ∪ reads-from)+; undefined where it is no order or a read has no writer. */
function causalOrder(ops: readonly Op[]): Before | undefined {
  const pairs = new Set<string>();
  const add = (a: Op, b: Op): void => void pairs.add(`${a.id}<${b.id}`);
  for (const a of ops) for (const b of ops) if (sessionOrder(a, b)) add(a, b);
  for (const read of ops) {
    if (read.write || read.value === null) continue;
    const source = ops.find((op) => op.write && op.key === read.key && op.value === read.value);
    if (source === undefined) return undefined;
    add(source, read);
  }
  for (let size = -1; size !== pairs.size;) {
    size = pairs.size;
    for (const a of ops)
      for (const b of ops)
        for (const c of ops) if (pairs.has(`${a.id}<${b.id}`) && pairs.has(`${b.id}<${c.id}`)) add(a, c);
  }
  return ops.some((op) => pairs.has(`${op.id}<${op.id}`)) ? undefined : (a, b) => pairs.has(`${a.id}<${b.id}`);
}

function past(ops: readonly Op[], before: Before, op: Op): Op[] {
  return ops.filter((other) => other === op || before(other, op));
}

const causal: Judge = (ops) => {
  const before = causalOrder(ops);
  return before !== undefined && ops.every((op) => legalOrder(past(ops, before, op), before, (read) => read === op));
};

const causalMemory: Judge = (ops) => {
  const before = causalOrder(ops);
  return (
    before !== undefined &&
    ops.every((op) => legalOrder(past(ops, before, op), before, (read) => read === op || sessionOrder(read, op)))
  );
};

const causalConvergence: Judge = (ops) => {
  const before = causalOrder(ops);
  if (before === undefined) return false;
  return someOrder(ops, before, (order) => {
    return ops.every((op) =>
      legal(
        order.filter((other) => past(ops, before, op).includes(other)),
        (read) => read === op,
      ),
    );
  });
};

const pram: Judge = (ops) =>
  processesOf(ops).every((p) =>
    legalOrder(
      ops.filter((op) => op.write || op.process === p),
      sessionOrder,
    ),
  );

function processesOf(ops: readonly Op[]): number[] {
  return [...new Set(ops.map((op) => op.process))];
}

interface Rules {
  readonly mr?: boolean;
  readonly ryw?: boolean;
  readonly mw?: boolean;
  readonly wfr?: boolean;
}

/** For each client an order of all writes, and the smallest sets of writes seen by reads that the rules ask for. */
function guarantees(rules: Rules): Judge {
  return (ops) => {
    const seen = visible(ops, rules);
    if (seen === undefined) return false;
    const writes = ops.filter((op) => op.write);
    const before: Before = (a, b) =>
      (rules.mw === true && sessionOrder(a, b)) ||
      (rules.wfr === true &&
        ops.some((read) => !read.write && sessionOrder(read, b) && (seen.get(read) as Set<Op>).has(a)));
    return (
      processesOf(ops).every((p) =>
        someOrder(writes, before, (order) => {
          return ops.every((read) => {
            if (read.write || read.process !== p) return true;
            const last = order
              .filter((write) => write.key === read.key && (seen.get(read) as Set<Op>).has(write))
              .at(-1);
            return (last?.value ?? null) === read.value;
          });
        }),
      ) && !writes.some((w) => before(w, w))
    );
  };
}

function visible(ops: readonly Op[], rules: Rules): Map<Op, Set<Op>> | undefined {
  const seen = new Map<Op, Set<Op>>();
  for (const read of ops) {
    if (read.write) continue;
    const source = ops.find((op) => op.write && op.key === read.key && op.value === read.value);
    if (source === undefined && read.value !== null) return undefined;
    seen.set(read, new Set(source === undefined ? [] : [source]));
  }
  for (let grows = true; grows;) {
    grows = false;
    const add = (set: Set<Op>, op: Op): void => {
      if (!set.has(op)) grows = true;
      set.add(op);
    };
    for (const [read, set] of seen) {
      if (rules.ryw === true) for (const op of ops) if (op.write && sessionOrder(op, read)) add(set, op);
      for (const [other, more] of seen)
        if (rules.mr === true && sessionOrder(other, read)) for (const op of more) add(set, op);
      for (const op of [...set]) {
        if (rules.mw === true) for (const other of ops) if (other.write && sessionOrder(other, op)) add(set, other);
        if (rules.wfr === true)
          for (const [other, more] of seen) if (sessionOrder(other, op)) for (const one of more) add(set, one);
      }
    }
  }
  return seen;
}

/** There is an order of this read and all writes that keeps real time, in which the read returns the last write. */
function regularRead(ops: readonly Op[], read: Op): boolean {
  const writes = ops.filter((op) => op.write && op.key === read.key);
  return legalOrder([...writes, read], realTime);
}

const regular: Judge = (ops) => ops.every((op) => op.write || regularRead(ops, op));

const safe: Judge = (ops, unanswered) =>
  ops.every((op) => {
    if (op.write) return true;
    const overlaps = (write: Op): boolean =>
      write.write && write.key === op.key && write.call < op.end && op.call < write.end;
    return ops.some(overlaps) || unanswered.some(overlaps) || regularRead(ops, op);
  });

/** At most this many versions behind: of the writes surely after the one read, and surely before the read. */
export function behindByDefinition(history: History): number {
  const { sure, maybe } = opsOf(history);
  const ops = [...sure, ...maybe];
  let most = 0;
  for (const read of sure) {
    if (read.write) continue;
    const source = ops.find((op) => op.write && op.key === read.key && op.value === read.value);
    const after = ops.filter(
      (op) => op.write && op.key === read.key && (source === undefined || realTime(source, op)) && realTime(op, read),
    );
    most = Math.max(most, after.length);
  }
  return most;
}

const JUDGES: Partial<Record<ConsistencyLevel, Judge>> = {
  linearizable: (ops) => legalOrder(ops, realTime),
  sequential: (ops) => legalOrder(ops, sessionOrder),
  'causal-memory': causalMemory,
  'causal-convergence': causalConvergence,
  causal,
  pram,
  session: guarantees({ mr: true, ryw: true, mw: true, wfr: true }),
  'writes-follow-reads': guarantees({ mr: true, wfr: true }),
  'monotonic-writes': guarantees({ mr: true, mw: true }),
  'monotonic-reads': guarantees({ mr: true }),
  'read-your-writes': guarantees({ ryw: true }),
  regular,
  safe,
};

interface Replied extends Op {
  readonly replica: string;
}

interface Ended {
  readonly writes: readonly Op[];
  /** Of one key, after its writing had ended. */
  readonly late: readonly Replied[];
}

/** By key: the writes that took effect, and the reads that were called (and `settleUs` later) once no write was open any more. */
function endings(history: History, settleUs: number): Ended[] {
  const all = operationsOf(history).filter((o) => o.outcome !== 'failed');
  const reads = all
    .filter((o) => o.f === 'read' && o.outcome === 'ok')
    .map((o): Replied => ({ ...opOf(o, false), replica: o.node ?? `p${String(o.process)}` }));
  return [...new Set(all.map((o) => String(o.key)))].map((key): Ended => {
    const here = reads.filter((read) => read.key === key);
    const writes: Op[] = [];
    const ends: number[] = [-1];
    for (const o of all) {
      if (o.f !== 'write' || String(o.key) !== key) continue;
      const seen = here.filter((read) => read.value === o.input).map((read) => read.end);
      if (o.outcome !== 'ok' && seen.length === 0) continue;
      writes.push(opOf(o, true));
      ends.push(o.outcome === 'ok' ? o.return : Math.min(...seen));
    }
    const end = Math.max(...ends);
    const from = end === -1 ? 0 : history[end]!.time;
    const late = here.filter((read) => read.call > end && history[read.call]!.time >= from + settleUs);
    return { writes, late };
  });
}

export type Told = 'ok' | 'violation' | 'undecided';

/** There is one value of each key, a written one where any was, that all late reads return: the last ones of each client, or all. */
export function eventualByDefinition(history: History, settleUs?: number): Told {
  const keys = endings(history, settleUs ?? 0).map(({ writes, late }): Told => {
    const counted = late.filter(
      (read) =>
        settleUs !== undefined || !late.some((other) => other.process === read.process && other.call > read.call),
    );
    const values = writes.length === 0 ? [null] : writes.map((write) => write.value);
    if (!values.some((value) => counted.every((read) => read.value === value))) return 'violation';
    return counted.length === 0 || (counted.length === 1 && writes.length === 0) ? 'undecided' : 'ok';
  });
  return keys.includes('violation') ? 'violation' : keys.includes('ok') ? 'ok' : 'undecided';
}

/**
 * There is one order of the writes of each key, and for each read a set of them that it saw, such that it returns the last one of
 * these, and holds all that a read which had returned before at the same replica held. And what was read last agrees.
 */
export function strongEventualByDefinition(history: History): Told {
  const strong = operationsOf(history).every((o, _, all) => {
    const reads = all
      .filter((other) => other.f === 'read' && other.outcome === 'ok' && other.key === o.key)
      .map((read): Replied => ({ ...opOf(read, false), replica: read.node ?? `p${String(read.process)}` }));
    const writes = all
      .filter((other) => other.f === 'write' && other.outcome !== 'failed' && other.key === o.key)
      .map((write) => opOf(write, true));
    const seenBy = (read: Replied): Set<unknown> =>
      new Set(
        [read, ...reads.filter((other) => other.replica === read.replica && other.end < read.call)].map((r) => r.value),
      );
    return someOrder(
      writes,
      () => false,
      (order) =>
        reads.every((read) => {
          const seen = seenBy(read);
          const last = order.filter(({ value }) => seen.has(value)).at(-1);
          return (last?.value ?? null) === read.value;
        }),
    );
  });
  return strong ? eventualByDefinition(history) : 'violation';
}

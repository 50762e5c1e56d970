import type { Allowance, Exhausted } from '../budget.js';
import { EdgeList, PROCESS, WR } from '../graph/edges.js';
import type { Operation } from '../history/operation.js';
import { canonical } from '../values.js';
import { circle, type Finding, type Search } from './finding.js';
import { INITIAL, lastBelow, THIN_AIR, type RegisterHistory } from './register-history.js';

/** So many numbers of two clocks are compared in a step. */
export const CLOCKS_A_STEP = 16;

/**
 * The causal order: what a client did before, what it saw, and what those depend on; co = (po ∪ rf)+ of Bouajjani, Enea,
 * Guerraoui and Hamza (POPL 2017). As vector clocks: `clock[i × sessions + s]` operations of client s are i itself or before it.
 */
export interface CausalOrder {
  readonly clock: Int32Array;
  /** A linear order of all operations. */
  readonly order: Int32Array;
}

/** A read of what nobody can have written: no level allows it. */
export function thinAirRead(history: RegisterHistory): Finding | undefined {
  for (let i = 0; i < history.size; i++) {
    if (history.writes[i] === 1 || history.from[i] !== THIN_AIR) continue;
    const read = history.operations[i] as Operation;
    const seen = canonical(history.model.rule(read.f)?.reads?.(read));
    const failed = history.leftOut.some((operation) => {
      const wrote = canonical(history.model.rule(operation.f)?.writes?.(operation));
      return operation.outcome === 'failed' && canonical(operation.key) === canonical(read.key) && wrote === seen;
    });
    const why = failed ? 'whose only write failed' : 'which nobody wrote';
    return {
      pattern: 'ThinAirRead',
      says: `${history.client(i)}: ${history.text(i)}, ${why}`,
      involved: [i],
      steps: [],
    };
  }
  return undefined;
}

/** Counts what the causal order costs: the same, whether it is made for this level or was for another one. */
export function payForOrder({ size, sessions }: RegisterHistory, allowance: Allowance): Exhausted | undefined {
  const k = sessions.length;
  return allowance.take(size * (1 + Math.ceil(k / CLOCKS_A_STEP)), size * (4 * k + 16));
}

/** The causal order, or why there is none. `payForOrder` comes first. */
export function causalOrder(history: RegisterHistory, allowance: Allowance): CausalOrder | Exclude<Search, undefined> {
  const { size, session, position, sessions, from } = history;
  const k = sessions.length;
  const clock = new Int32Array(size * k);
  const order = new Int32Array(size);
  const next = new Int32Array(k);
  const waiting = new Map<number, number[]>();
  const done = new Uint8Array(size);
  const ready = sessions.map((_, s) => s);
  let count = 0;
  while (ready.length > 0) {
    const s = ready.pop() as number;
    const ops = sessions[s] as readonly number[];
    while ((next[s] as number) < ops.length) {
      const i = ops[next[s] as number] as number;
      const source = from[i] as number;
      if (history.writes[i] === 0 && source >= 0 && done[source] === 0) {
        const list = waiting.get(source);
        if (list === undefined) waiting.set(source, [s]);
        else list.push(s);
        break;
      }
      const at = i * k;
      if ((position[i] as number) > 0) {
        const before = (ops[(position[i] as number) - 1] as number) * k;
        clock.copyWithin(at, before, before + k);
      }
      if (history.writes[i] === 0 && source >= 0) {
        for (let other = 0; other < k; other++) {
          const seen = clock[source * k + other] as number;
          if (seen > (clock[at + other] as number)) clock[at + other] = seen;
        }
      }
      clock[at + (session[i] as number)] = (position[i] as number) + 1;
      done[i] = 1;
      order[count++] = i;
      next[s] = (next[s] as number) + 1;
      const woken = waiting.get(i);
      if (woken !== undefined) {
        ready.push(...woken);
        waiting.delete(i);
      }
    }
  }
  if (count === size) return { clock, order };
  const edges = new EdgeList(allowance.memory);
  addSessionEdges(history, edges);
  addReadsFromEdges(history, edges);
  return circle(history, edges, size, 'CyclicCO', allowance, () => '') ?? 'memory';
}

export function addSessionEdges(history: RegisterHistory, edges: EdgeList): void {
  for (const ops of history.sessions) {
    for (let n = 1; n < ops.length; n++) edges.add(ops[n - 1] as number, ops[n] as number, PROCESS, -1);
  }
}

export function addReadsFromEdges(history: RegisterHistory, edges: EdgeList): void {
  for (let i = 0; i < history.size; i++) {
    const source = history.from[i] as number;
    if (history.writes[i] === 0 && source >= 0) edges.add(source, i, WR, -1);
  }
}

/** Is operation `a` before `b` in the causal order, or the same? */
export function isBefore(history: RegisterHistory, { clock }: CausalOrder, a: number, b: number): boolean {
  const k = history.sessions.length;
  return (clock[b * k + (history.session[a] as number)] as number) > (history.position[a] as number);
}

/** Counts what `writesInPast` goes through. */
export function payForPast(history: RegisterHistory, allowance: Allowance): Exhausted | undefined {
  let steps = history.size;
  for (let i = 0; i < history.size; i++)
    if (history.writes[i] === 0) steps += history.writersOf(history.key[i] as number).length;
  return allowance.take(steps);
}

/** For each read, the last write of its key that each client did in the read's causal past. The reader's source is left out. */
export function* writesInPast(
  history: RegisterHistory,
  { clock }: CausalOrder,
): Generator<{ read: number; source: number; write: number }, void> {
  const k = history.sessions.length;
  for (let read = 0; read < history.size; read++) {
    if (history.writes[read] === 1) continue;
    const source = history.from[read] as number;
    for (const list of history.writersOf(history.key[read] as number)) {
      const s = history.session[list[0] as number] as number;
      const write = lastBelow(history, list, clock[read * k + s] as number);
      if (write !== -1 && write !== source) yield { read, source, write };
    }
  }
}

/** Named by Bouajjani et al., Table 1: a read of the initial value, or of one that was overwritten, in its own causal past. */
export function overwrittenInPast(history: RegisterHistory, order: CausalOrder, allowance: Allowance): Search {
  const missing = payForPast(history, allowance);
  if (missing !== undefined) return missing;
  for (const { read, source, write } of writesInPast(history, order)) {
    if (source !== INITIAL && !isBefore(history, order, source, write)) continue;
    const reader = `${history.client(read)} got ${history.text(read)}`;
    if (source === INITIAL) {
      return {
        pattern: 'WriteCOInitRead',
        says: `${reader}, though it depends on ${history.text(write)}`,
        involved: [write, read],
        steps: [],
      };
    }
    return {
      pattern: 'WriteCORead',
      says: `${reader}, though it depends on ${history.text(write)}, which itself comes after ${history.text(source)}`,
      involved: [source, write, read],
      steps: [],
    };
  }
  return undefined;
}

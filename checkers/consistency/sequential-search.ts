import type { ProcessId } from '../../engine/history.js';
import type { Allowance, Exhausted } from '../budget.js';
import type { Operation } from '../history/operation.js';
import { isPure, type AnyModel } from '../models/model.js';
import { canonical } from '../values.js';

/** The most operations that an order was found for, which keeps the order of every client and is right as far as it goes. */
export interface LongestOrder {
  readonly operations: number;
  readonly of: number;
  /** What each client would do next, by the `index` of its invocation. */
  readonly waiting: readonly number[];
}

/** What a search for one order of all operations came to. */
export type Outcome =
  | { readonly verdict: 'ok'; readonly order: readonly number[] }
  /** `part`: these alone have none. */
  | { readonly verdict: 'violation'; readonly part: readonly Operation[] }
  | { readonly verdict: 'undecided'; readonly exhausted: Exhausted; readonly longest: LongestOrder };

interface Move {
  readonly client: number;
  readonly next: number;
}

interface Frame {
  readonly moves: readonly Move[];
  tried: number;
}

const ENTRY_BYTES = 100;
const OPERATION_BYTES = 200;

/**
 * A search over (how far each client is, state of each key), never the same configuration twice. Operations are tried in the order
 * of their calls, so that a linearizable history is settled at once. A client looked at is a step, and a number in
 * the name of a configuration is four.
 */
export class SequentialSearch {
  // Operations by client, in its order, and states by number.
  private readonly clients: number[][] = [];
  private readonly key: number[] = [];
  private readonly before: (readonly number[])[];
  private readonly states: unknown[] = [];
  private readonly stateIds = new Map<string, number>();
  /** By state and operation: the states that may come of it. */
  private readonly moves = new Map<number, readonly number[]>();
  private readonly dead = new Set<string>();
  // The configuration at hand.
  private readonly at: number[] = [];
  private readonly stateOf: number[] = [];
  private readonly done: Uint8Array;
  private readonly order: number[] = [];
  private readonly statesBefore: number[] = [];
  private missing: number;
  private longest = 0;
  private longestAt: readonly number[] = [];

  /** @param after for an operation's `id`: the ids of those that surely come before it; of others than these it may tell, too. */
  constructor(
    private readonly model: AnyModel,
    private readonly operations: readonly Operation[],
    private readonly allowance: Allowance,
    after: ReadonlyMap<number, readonly number[]> | undefined,
  ) {
    const clients = new Map<ProcessId, number>();
    const keys = new Map<string, number>();
    for (const [i, { process, key }] of operations.entries()) {
      const client = numbered(clients, process);
      (this.clients[client] ??= []).push(i);
      this.key.push(numbered(keys, canonical(key)));
    }
    const initial = this.intern(model.init());
    for (const _ of clients) this.at.push(0);
    for (const _ of keys) this.stateOf.push(initial);
    this.done = new Uint8Array(operations.length);
    this.missing = operations.filter(({ outcome }) => outcome !== 'unknown').length;
    const places = new Map(after === undefined ? [] : operations.map(({ id }, i) => [id, i]));
    this.before = operations.map(({ id }) =>
      (after?.get(id) ?? []).flatMap((other) => (places.has(other) ? [places.get(other) as number] : [])),
    );
  }

  run(): Outcome {
    const missing = this.allowance.take(this.operations.length, this.operations.length * OPERATION_BYTES);
    if (missing !== undefined) return { verdict: 'undecided', exhausted: missing, longest: this.longestOrder() };
    const frames: Frame[] = [this.frame()];
    for (;;) {
      if (this.missing === 0) return { verdict: 'ok', order: this.order.map((i) => this.operation(i).id) };
      const exhausted = this.allowance.out;
      if (exhausted !== undefined) return { verdict: 'undecided', exhausted, longest: this.longestOrder() };
      const frame = frames.at(-1) as Frame;
      const move = frame.moves[frame.tried++];
      if (move === undefined) {
        frames.pop();
        if (frames.length === 0) return { verdict: 'violation', part: this.operations };
        // Only what led nowhere is remembered: what is on the way cannot come again, as every step takes an operation.
        if ((frames.at(-1) as Frame).moves.length > 1) this.remember();
        this.undo(frames.at(-1) as Frame);
        continue;
      }
      this.take(move);
      // Where there was no choice, there is nothing to come back to.
      const open = frame.moves.length === 1 || this.dead.size === 0 || !this.dead.has(this.configuration());
      if (open) frames.push(this.frame());
      else this.undo(frame);
    }
  }

  private operation(i: number): Operation {
    return this.operations[i] as Operation;
  }

  /** What a client would do next. */
  private next(client: number): number | undefined {
    return (this.clients[client] as number[])[this.at[client] as number];
  }

  private longestOrder(): LongestOrder {
    const waiting = this.longestAt.flatMap((at, client) => (this.clients[client] as number[])[at] ?? []);
    return {
      operations: this.longest,
      of: this.operations.length,
      waiting: waiting.map((i) => this.operation(i).id).sort((a, b) => a - b),
    };
  }

  /** What may come next: a pure operation that fits alone, as it changes nothing and only sets its client free. */
  private frame(): Frame {
    this.allowance.spend(this.clients.length);
    const found: (Move & { call: number })[] = [];
    for (let client = 0; client < this.clients.length; client++) {
      const i = this.next(client);
      if (i === undefined || !(this.before[i] as readonly number[]).every((other) => this.done[other] === 1)) continue;
      const state = this.stateOf[this.key[i] as number] as number;
      const states = this.after(state, i);
      if (states.length > 0 && isPure(this.model, this.operation(i)))
        return { moves: [{ client, next: state }], tried: 0 };
      for (const next of states) found.push({ client, next, call: this.operation(i).call });
    }
    return { moves: found.sort((a, b) => a.call - b.call), tried: 0 };
  }

  /** The states that an operation may lead to. */
  private after(state: number, i: number): readonly number[] {
    const place = state * this.operations.length + i;
    let next = this.moves.get(place);
    if (next === undefined) {
      const rule = this.model.rule(this.operation(i).f);
      next = (rule?.step(this.states[state], this.operation(i)) ?? []).map((one) => this.intern(one));
      this.moves.set(place, next);
      this.allowance.memory.take(ENTRY_BYTES);
    }
    return next;
  }

  private take({ client, next }: Move): void {
    const i = this.next(client) as number;
    const key = this.key[i] as number;
    this.statesBefore.push(this.stateOf[key] as number);
    this.stateOf[key] = next;
    this.at[client]!++;
    this.order.push(i);
    this.done[i] = 1;
    if (this.operation(i).outcome !== 'unknown') this.missing--;
    if (this.order.length <= this.longest) return;
    this.longest = this.order.length;
    this.longestAt = this.at.slice();
  }

  /** Takes back the move that a frame tried last. */
  private undo(frame: Frame): void {
    const { client } = frame.moves[frame.tried - 1] as Move;
    this.at[client]!--;
    const i = this.next(client) as number;
    this.stateOf[this.key[i] as number] = this.statesBefore.pop() as number;
    this.order.pop();
    this.done[i] = 0;
    if (this.operation(i).outcome !== 'unknown') this.missing++;
  }

  private configuration(): string {
    this.allowance.spend(4 * (this.at.length + this.stateOf.length));
    return `${this.at.join()}|${this.stateOf.join()}`;
  }

  private remember(): void {
    const name = this.configuration();
    this.dead.add(name);
    this.allowance.memory.take(name.length + ENTRY_BYTES);
  }

  private intern(state: unknown): number {
    const text = canonical(this.model.identity?.(state) ?? state);
    const known = this.stateIds.get(text);
    if (known !== undefined) return known;
    this.allowance.memory.take(4 * text.length + ENTRY_BYTES);
    this.stateIds.set(text, this.states.length);
    return this.states.push(state) - 1;
  }
}

function numbered<T>(numbers: Map<T, number>, one: T): number {
  const known = numbers.get(one);
  if (known !== undefined) return known;
  numbers.set(one, numbers.size);
  return numbers.size - 1;
}

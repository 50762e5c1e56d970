import type { Operation } from '../history/operation.js';
import type { AnyModel } from '../models/model.js';
import { canonical } from '../values.js';
import type { MemoryBudget } from './budget.js';

/** What `step` answers when the operation cannot happen in the state. */
export const ILLEGAL = -1;

// Codes from here down this name a list of several states.
const FIRST_LIST = -2;

const NODE_BYTES = 64;

/**
 * The states of one object as integers, and what operations do to them as a table: a model's `step` is asked once for each
 * state and kind of operation (two operations with the same name, input and outcome are one kind).
 */
export class StateSpace {
  private readonly states: unknown[] = [];
  private readonly ids = new Map<unknown, number>();
  // Apart, or an object would be taken for the text that looks like it.
  private readonly idsOfObjects = new Map<unknown, number>();
  private readonly lists: (readonly number[])[] = [];
  // Open addressing: state, kind, code. An empty place has state -1.
  private table: Int32Array;
  private entries = 0;
  readonly initial: number;

  constructor(
    private readonly model: AnyModel,
    /** One operation of each kind. */
    private readonly kinds: readonly Operation[],
    private readonly memory: MemoryBudget,
    /** Which states are worth going to. */
    private readonly plausible: ((state: unknown) => boolean) | undefined,
  ) {
    this.table = new Int32Array(3 * 64).fill(-1);
    memory.take(this.table.byteLength);
    this.initial = this.intern(model.init());
  }

  /** The state itself. */
  state(id: number): unknown {
    return this.states[id];
  }

  /** The state after the operation; ILLEGAL when there is none; where there are several, a code for `several`. */
  step(state: number, kind: number): number {
    const place = this.find(state, kind);
    const known = this.table[place + 2] as number;
    if (this.table[place] !== -1) return known;
    const code = this.ask(state, kind);
    this.remember(state, kind, code);
    return code;
  }

  /** How many states a code stands for. */
  several(code: number): number {
    if (code >= 0) return 1;
    return code === ILLEGAL ? 0 : (this.lists[FIRST_LIST - code] as readonly number[]).length;
  }

  /** The `i`-th state of a code. */
  pick(code: number, i: number): number {
    return code >= 0 ? code : ((this.lists[FIRST_LIST - code] as readonly number[])[i] as number);
  }

  private ask(state: number, kind: number): number {
    const operation = this.kinds[kind] as Operation;
    const rule = this.model.rule(operation.f);
    if (rule === undefined) throw new Error(`model ${this.model.name} lost its operation ${operation.f}`);
    const states = rule.step(this.states[state], operation);
    const kept = this.plausible === undefined ? states : states.filter(this.plausible);
    const next = [...new Set(kept.map((s) => this.intern(s)))];
    if (next.length === 0) return ILLEGAL;
    if (next.length === 1) return next[0] as number;
    this.lists.push(next);
    this.memory.take(NODE_BYTES + 8 * next.length);
    return FIRST_LIST - (this.lists.length - 1);
  }

  private intern(state: unknown): number {
    const given = this.model.identity?.(state);
    const byContent = given === undefined && typeof state === 'object' && state !== null;
    const identity = byContent ? canonical(state) : (given ?? state);
    const ids = byContent ? this.idsOfObjects : this.ids;
    const known = ids.get(identity);
    if (known !== undefined) return known;
    const id = this.states.length;
    this.states.push(state);
    ids.set(identity, id);
    // An object costs about twice as much again as the text that tells it apart.
    const chars = typeof identity === 'string' ? identity.length * (byContent ? 3 : 1) : 0;
    this.memory.take(NODE_BYTES + 2 * chars);
    return id;
  }

  private find(state: number, kind: number): number {
    const mask = this.table.length / 3 - 1;
    let i = (Math.imul(state, 0x9e3779b1) ^ Math.imul(kind, 0x85ebca6b)) >>> 0;
    i = (i ^ (i >>> 15)) & mask;
    for (;;) {
      const at = 3 * i;
      const held = this.table[at] as number;
      if (held === -1 || (held === state && this.table[at + 1] === kind)) return at;
      i = (i + 1) & mask;
    }
  }

  private remember(state: number, kind: number, code: number): void {
    if (2 * this.entries >= this.table.length / 3) this.grow();
    const at = this.find(state, kind);
    this.table[at] = state;
    this.table[at + 1] = kind;
    this.table[at + 2] = code;
    this.entries++;
  }

  private grow(): void {
    const old = this.table;
    this.memory.take(old.byteLength);
    this.table = new Int32Array(2 * old.length).fill(-1);
    for (let i = 0; i < old.length; i += 3) {
      if (old[i] === -1) continue;
      const at = this.find(old[i] as number, old[i + 1] as number);
      this.table.set(old.subarray(i, i + 3), at);
    }
  }
}

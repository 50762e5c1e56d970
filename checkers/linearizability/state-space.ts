import type { Operation } from '../history/operation.js';
import type { AnyModel, OperationRule } from '../models/model.js';
import { canonical } from '../values.js';
import type { MemoryBudget } from '../budget.js';
import { PairTable } from './pair-table.js';

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
  // By state and kind.
  private readonly codes: PairTable;
  readonly initial: number;
  // What the operation before was called, and its rule.
  private f: string | undefined;
  private rule: OperationRule<unknown> | undefined;

  constructor(
    private readonly model: AnyModel,
    /** One operation of each kind. */
    private readonly kinds: readonly Operation[],
    private readonly memory: MemoryBudget,
    /** Which states are worth going to. */
    private readonly plausible: ((state: unknown) => boolean) | undefined,
  ) {
    this.codes = new PairTable(kinds.length);
    memory.take(this.codes.bytes);
    this.initial = this.intern(model.init());
  }

  /** The state itself. */
  state(id: number): unknown {
    return this.states[id];
  }

  /** The state after the operation; ILLEGAL when there is none; where there are several, a code for `several`. */
  step(state: number, kind: number): number {
    const { codes } = this;
    const place = codes.find(state, kind);
    if (!codes.isFree(place)) return codes.value(place);
    const code = this.ask(state, kind);
    const before = codes.bytes;
    codes.put(place, state, kind, code);
    if (codes.bytes !== before) this.memory.take(codes.bytes - before);
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
    if (operation.f !== this.f) this.rule = this.model.rule((this.f = operation.f));
    const { rule } = this;
    if (rule === undefined) throw new Error(`model ${this.model.name} lost its operation ${operation.f}`);
    const before = this.states[state];
    const states = rule.step(before, operation);
    const kept = this.plausible === undefined ? states : states.filter(this.plausible);
    if (kept.length === 0) return ILLEGAL;
    // What changes nothing, as most of what fits does, needs no look-up.
    if (kept.length === 1) return kept[0] === before ? state : this.intern(kept[0]);
    const next = [...new Set(kept.map((s) => this.intern(s)))];
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
}

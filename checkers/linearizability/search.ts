import type { Operation } from '../history/operation.js';
import type { MemoryBudget } from '../budget.js';
import { Memo } from './memo.js';
import type { OptionalGroup, Problem } from './problem.js';
import { ILLEGAL, StateSpace } from './state-space.js';
import { Supply } from './supply.js';

const NOTHING = -1;
const BITS = 32;

/** An order of some operations that fits, and where it ends. */
export interface PartialOrder {
  readonly operations: readonly Operation[];
  readonly state: unknown;
}

/**
 * Wing and Gong's search as Lowe improved it ("Testing for linearizability", 2017): take, in every way, an operation that
 * no missing one precedes; remember configurations; go back when stuck. Pure operations are taken as soon as they fit.
 * It can be stopped after any number of steps and go on later.
 */
export class Search {
  steps = 0;
  /** A place of the history such that everything that returned before it was ordered: the latest one that was met. */
  reached = 0;

  private readonly space: StateSpace;
  private readonly memo: Memo;
  private readonly supply: Supply | undefined;
  private readonly n: number;
  // The missing operations as a doubly linked list; index n is its head and its end.
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  // The configuration at hand.
  private top = 0;
  private state: number;
  private readonly missing: Int32Array;
  private readonly used: Int32Array;
  // One frame for each operation of the order at hand.
  private depth = 0;
  private readonly chosen: Int32Array;
  private readonly alternative: Int32Array;
  private readonly horizon: Int32Array;
  private readonly forced: Int32Array;
  private readonly urgent: Int32Array;
  private readonly stateBefore: Int32Array;
  private readonly topBefore: Int32Array;
  // For each kind that is open in the configuration at hand, the operation that returns first.
  private readonly firstTwin: Int32Array;
  private entered = false;
  // Did anything fit in the configuration at hand, visited or not?
  private fitted = false;
  private ended: 'ok' | 'violation' | undefined;

  constructor(
    private readonly problem: Problem,
    private readonly memory: MemoryBudget,
    /** Called with every order that cannot be continued. No order is then given up before it is stuck. */
    private readonly onStuck?: (returnAt: number, order: () => PartialOrder) => void,
    /** May the model rule states out by what comes later? */
    lookAhead = onStuck === undefined,
    /**
     * Is what returns first to be tried first, or what lets it happen? Where many operations are open at once this hardly ever
     * goes astray; otherwise they are tried in the order of their calls.
     */
    private readonly byDeadline = false,
  ) {
    const { model } = problem;
    const n = (this.n = problem.operations.length);
    const optional = problem.optional.flatMap((group) => group.operations);
    const plausible = lookAhead ? model.foresee?.(problem.operations, optional) : undefined;
    this.space = new StateSpace(model, problem.kinds, this.memory, plausible);
    // An order passes through as many as it has operations. Where optional ones are counted, each may be as large as the history.
    const expected = problem.optional.length === 0 ? n : 0;
    this.memo = new Memo(Math.ceil(problem.slots / BITS), problem.optional.length, this.memory, expected);
    this.next = new Int32Array(n + 1);
    this.previous = new Int32Array(n + 1);
    for (let i = 0; i <= n; i++) {
      this.next[i] = i === n ? 0 : i + 1;
      this.previous[i] = i === 0 ? n : i - 1;
    }
    this.state = this.space.initial;
    if (onStuck === undefined) this.supply = Supply.of(model, problem.operations, problem.optional);
    if (this.supply?.lacking(this.space.state(this.state)) === true) this.ended = 'violation';
    this.firstTwin = new Int32Array(problem.twins ? problem.kinds.length : 0);
    this.missing = new Int32Array(Math.ceil(problem.slots / BITS));
    this.used = new Int32Array(problem.optional.length);
    const frames = 1 + problem.optional.reduce((sum, group) => sum + group.operations.length, n);
    this.chosen = new Int32Array(frames);
    this.alternative = new Int32Array(frames);
    this.horizon = new Int32Array(frames);
    this.forced = new Int32Array(frames);
    this.urgent = new Int32Array(byDeadline ? frames : 0);
    this.stateBefore = new Int32Array(frames);
    this.topBefore = new Int32Array(frames);
    this.memory.take(4 * (2 * n + 6 * frames + this.urgent.length));
  }

  /** Goes on for about this many steps. */
  run(stepsMax: number): 'ok' | 'violation' | 'running' | 'memory' {
    const until = this.steps + stepsMax;
    while (this.ended === undefined) {
      if (this.steps >= until) return 'running';
      if (this.memory.exhausted) return 'memory';
      if (!this.entered) this.enter();
      else if (this.advance()) this.entered = false;
      else if (this.depth === 0) this.ended = 'violation';
      else this.back();
    }
    return this.ended;
  }

  /** How many operations the order at hand has. */
  get ordered(): number {
    return this.depth;
  }

  /** The order at hand: once `run` answered `ok`, a linearisation. */
  order(): PartialOrder {
    const used = new Int32Array(this.used.length);
    const operations: Operation[] = [];
    for (let d = 0; d < this.depth; d++) {
      const move = this.chosen[d] as number;
      if (move < this.n) operations.push(this.problem.operations[move] as Operation);
      else {
        const g = move - this.n;
        operations.push(this.group(move).operations[used[g] as number] as Operation);
        used[g] = (used[g] as number) + 1;
      }
    }
    return { operations, state: this.space.state(this.state) };
  }

  private group(move: number): OptionalGroup {
    return this.problem.optional[move - this.n] as OptionalGroup;
  }

  /** Looks at a new configuration: is it the end, how far does it reach, does a pure operation fit? */
  private enter(): void {
    const { n, next, depth } = this;
    const { call, return: returns, pure, kind } = this.problem;
    this.entered = true;
    if (next[n] === n) {
      this.ended = 'ok';
      return;
    }
    let horizon = Infinity;
    let forced = NOTHING;
    let urgent = NOTHING;
    for (let i = next[n] as number; i !== n && (call[i] as number) < horizon; i = next[i] as number) {
      if ((returns[i] as number) < horizon) {
        horizon = returns[i] as number;
        urgent = i;
      }
      if (forced === NOTHING && pure[i] === 1 && this.space.step(this.state, kind[i] as number) !== ILLEGAL) forced = i;
      this.steps++;
    }
    this.horizon[depth] = horizon;
    this.forced[depth] = forced;
    if (this.byDeadline) this.urgent[depth] = urgent;
    this.chosen[depth] = NOTHING;
    this.reached = Math.max(this.reached, horizon);
  }

  /** Takes the next operation that leads to a configuration not visited yet. */
  private advance(): boolean {
    const { depth } = this;
    const fresh = this.chosen[depth] === NOTHING;
    const forced = this.forced[depth] as number;
    if (fresh) this.fitted = false;
    if (forced !== NOTHING) {
      if (fresh && this.take(forced, this.state)) return true;
    } else if (this.branch()) {
      return true;
    }
    if (fresh && !this.fitted) this.onStuck?.(this.horizon[depth] as number, () => this.order());
    return false;
  }

  private branch(): boolean {
    const { n, depth } = this;
    const horizon = this.horizon[depth] as number;
    const last = this.chosen[depth] as number;
    const from = (this.alternative[depth] as number) + 1;
    if (last < n) {
      if (this.problem.twins) this.findTwins(horizon);
      const isAmongUrgent = this.byDeadline && (last === NOTHING || this.isUrgent(last));
      if (isAmongUrgent && this.takeFrom(last, from, true)) return true;
      if (this.takeFrom(isAmongUrgent ? NOTHING : last, from, false)) return true;
    }
    for (let move = Math.max(last, n); move < n + this.used.length; move++) {
      const first = move === last ? from : 0;
      if (this.callOfNext(move) < horizon && this.takeAny(move, this.group(move).kind, first)) return true;
    }
    return false;
  }

  /** Takes a required operation, from the last one on (NOTHING: from the first) and there from the alternative `from` on. */
  private takeFrom(last: number, from: number, urgent: boolean): boolean {
    const { n } = this;
    const { call, pure, kind } = this.problem;
    const horizon = this.horizon[this.depth] as number;
    let move = last === NOTHING ? (this.next[n] as number) : last;
    let alternative = last === NOTHING ? 0 : from;
    while (move < n && (call[move] as number) < horizon) {
      // A pure operation that did not force itself does not fit here.
      const isHere = pure[move] === 0 && this.isUrgent(move) === urgent && !this.hasTwinBefore(move);
      if (isHere && this.takeAny(move, kind[move] as number, alternative)) return true;
      alternative = 0;
      move = this.next[move] as number;
    }
    return false;
  }

  /** Is this what returns first, or does it leave the state in which that can happen? */
  private isUrgent(move: number): boolean {
    if (!this.byDeadline) return false;
    const first = this.urgent[this.depth] as number;
    return move === first || this.supply?.serves(move, first) === true;
  }

  /** Notes, for each kind that is open, the operation that returns first. */
  private findTwins(horizon: number): void {
    const { n, next, firstTwin } = this;
    const { call, return: returns, kind } = this.problem;
    const first = next[n] as number;
    for (let i = first; i !== n && (call[i] as number) < horizon; i = next[i] as number) {
      firstTwin[kind[i] as number] = i;
    }
    for (let i = first; i !== n && (call[i] as number) < horizon; i = next[i] as number) {
      const best = firstTwin[kind[i] as number] as number;
      if ((returns[i] as number) < (returns[best] as number)) firstTwin[kind[i] as number] = i;
    }
  }

  private hasTwinBefore(move: number): boolean {
    return this.problem.twins && this.firstTwin[this.problem.kind[move] as number] !== move;
  }

  private callOfNext(move: number): number {
    return this.group(move).calls[this.used[move - this.n] as number] ?? Infinity;
  }

  private takeAny(move: number, kind: number, from: number): boolean {
    const code = this.space.step(this.state, kind);
    const several = this.space.several(code);
    for (let i = from; i < several; i++) {
      const next = this.space.pick(code, i);
      // An optional operation that changes nothing is as well left out.
      if (move >= this.n && next === this.state) continue;
      this.alternative[this.depth] = i;
      if (this.take(move, next)) return true;
    }
    return false;
  }

  private take(move: number, next: number): boolean {
    const { depth } = this;
    this.steps++;
    this.fitted = true;
    const compared = this.memo.compared;
    const state = this.state;
    const top = this.top;
    this.apply(move);
    const open =
      next === state || this.supply === undefined || this.supply.mayLeave(state, () => this.space.state(state));
    const fresh = open && this.memo.visit(this.top, next, this.missing, this.used);
    this.steps += (this.memo.compared - compared) >>> 3;
    if (!fresh) {
      this.undo(move, top);
      return false;
    }
    this.chosen[depth] = move;
    this.stateBefore[depth] = state;
    this.topBefore[depth] = top;
    this.state = next;
    this.depth++;
    return true;
  }

  private back(): void {
    this.depth--;
    this.state = this.stateBefore[this.depth] as number;
    this.undo(this.chosen[this.depth] as number, this.topBefore[this.depth] as number);
  }

  private apply(move: number): void {
    if (move >= this.n) {
      this.used[move - this.n] = (this.used[move - this.n] as number) + 1;
      this.supply?.countOptional(move - this.n, -1);
      return;
    }
    this.supply?.count(move, -1);
    const before = this.previous[move] as number;
    const after = this.next[move] as number;
    this.next[before] = after;
    this.previous[after] = before;
    if (move < this.top) this.flip(move);
    else {
      for (let i = this.top; i < move; i++) this.flip(i);
      this.top = move + 1;
    }
  }

  private undo(move: number, top: number): void {
    if (move >= this.n) {
      this.used[move - this.n] = (this.used[move - this.n] as number) - 1;
      this.supply?.countOptional(move - this.n, 1);
      return;
    }
    this.supply?.count(move, 1);
    this.next[this.previous[move] as number] = move;
    this.previous[this.next[move] as number] = move;
    this.top = top;
    if (move < top) this.flip(move);
    else for (let i = top; i < move; i++) this.flip(i);
  }

  private flip(operation: number): void {
    const slot = this.problem.slot[operation] as number;
    this.missing[slot >>> 5] = (this.missing[slot >>> 5] as number) ^ (1 << (slot & 31));
  }
}

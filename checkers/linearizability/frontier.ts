import type { Operation } from '../history/operation.js';
import type { MemoryBudget } from '../budget.js';
import { Memo } from './memo.js';
import { OrderLog } from './order-log.js';
import type { OptionalGroup, Problem } from './problem.js';
import type { PartialOrder } from './search.js';
import { ILLEGAL, StateSpace } from './state-space.js';

const BITS = 32;
const NOWHERE = -1;

/**
 * Just-in-time linearisation (Lowe, "Testing for linearizability", 2017): walks along the history and keeps every
 * configuration that may hold at that place, a state and which of the open operations took effect already. At a return,
 * a configuration in which that operation has not happened yet goes on until it has. None left: the history up to this
 * return is not linearizable, and up to the one before it is.
 *
 * It never goes back, so it finds a violation as soon as it stands in the history and remembers one place at a time; the
 * search finds an order sooner. Can be stopped after any number of steps and go on later.
 */
export class Frontier {
  steps = 0;
  /** The operation at whose return nothing was left. */
  failing: Operation | undefined;
  /** Does nothing but the history up to its return speak against it? False where the model looked ahead. */
  readonly exact: boolean;

  private readonly space: StateSpace;
  private readonly log: OrderLog;
  // Bits say which slots hold an open operation that took effect. Beside each, the last step of the order that led there.
  private here: Memo;
  private readonly nodesHere: number[] = [NOWHERE];
  private next: Memo;
  private readonly nodesNext: number[] = [NOWHERE];
  private readonly work: Memo;
  private readonly nodesAtWork: number[] = [NOWHERE];
  // The configuration at hand.
  private readonly taken: Int32Array;
  private readonly used: Int32Array;
  private state = 0;
  private node = NOWHERE;
  private readonly firstTwin: Int32Array;
  // Required operations that are open here, in the order of their calls.
  private readonly open: number[] = [];
  private called = 0;
  private readonly byReturn: Int32Array;
  private at = 0;
  private begun = false;
  private expanded = 0;
  private ended: 'ok' | 'violation' | undefined;

  constructor(
    private readonly problem: Problem,
    private readonly memory: MemoryBudget,
    /** May the model rule states out by what comes later? */
    lookAhead = true,
  ) {
    const { model } = problem;
    const optional = problem.optional.flatMap((group) => group.operations);
    const plausible = lookAhead ? model.foresee?.(problem.operations, optional) : undefined;
    this.exact = plausible === undefined;
    this.space = new StateSpace(model, problem.kinds, memory, plausible);
    const words = Math.ceil(problem.slots / BITS);
    const groups = problem.optional.length;
    this.taken = new Int32Array(words);
    this.used = new Int32Array(groups);
    this.here = new Memo(words, groups, memory);
    this.next = new Memo(words, groups, memory);
    this.work = new Memo(words, groups, memory);
    this.log = new OrderLog(problem, memory);
    this.firstTwin = new Int32Array(problem.twins ? problem.kinds.length : 0);
    const order = Array.from(problem.operations.keys());
    this.byReturn = Int32Array.from(
      order.sort((a, b) => (problem.return[a] as number) - (problem.return[b] as number)),
    );
    this.add(this.here, this.nodesHere, this.space.initial, NOWHERE);
  }

  /** Goes on for about this many steps. */
  run(stepsMax: number): 'ok' | 'violation' | 'running' | 'memory' {
    const until = this.steps + stepsMax;
    while (this.ended === undefined) {
      if (this.at === this.byReturn.length) this.ended = 'ok';
      else if (this.steps >= until) return 'running';
      else if (this.memory.exhausted) return 'memory';
      else this.passReturn(until);
    }
    return this.ended;
  }

  /** How many configurations may hold at the place that was reached. */
  get size(): number {
    return this.here.size;
  }

  /** The place of the history that was reached: everything that returned before it can be ordered. */
  get reached(): number {
    return this.at === this.byReturn.length ? Infinity : this.returnOf(this.byReturn[this.at] as number);
  }

  /** One of these configurations (from 1), as an order that leads there; by default the first. */
  order(entry = 1): PartialOrder {
    const operations = this.log.operations(this.nodesHere[entry] as number);
    return { operations, state: this.space.state(this.here.stateOf(entry)) };
  }

  /** Takes the frontier past the next return, or as far as the steps go. */
  private passReturn(until: number): void {
    const returning = this.byReturn[this.at] as number;
    if (!this.begun) this.beginReturn(returning);
    while (this.expanded < this.work.size) {
      if (this.steps >= until || this.memory.exhausted) return;
      this.expand(++this.expanded, returning);
    }
    this.endReturn(returning);
  }

  private beginReturn(returning: number): void {
    this.begun = true;
    this.expanded = 0;
    this.work.clear();
    this.nodesAtWork.length = 1;
    this.callUpTo(this.returnOf(returning));
    for (let entry = 1; entry <= this.here.size; entry++) {
      this.here.read(entry, this.taken, this.used);
      const state = this.here.stateOf(entry);
      const node = this.nodesHere[entry] as number;
      this.steps++;
      if (!this.isTaken(returning)) this.add(this.work, this.nodesAtWork, state, node);
      else this.pass(returning, state, node);
    }
  }

  private endReturn(returning: number): void {
    this.begun = false;
    if (this.next.size === 0) {
      this.ended = 'violation';
      this.failing = this.problem.operations[returning] as Operation;
      return;
    }
    [this.here, this.next] = [this.next, this.here];
    this.nodesHere.length = 0;
    for (const node of this.nodesNext) this.nodesHere.push(node);
    this.next.clear();
    this.nodesNext.length = 1;
    this.open.splice(this.open.indexOf(returning), 1);
    this.at++;
  }

  private returnOf(operation: number): number {
    return this.problem.return[operation] as number;
  }

  private callUpTo(place: number): void {
    const { call } = this.problem;
    while (this.called < call.length && (call[this.called] as number) < place) this.open.push(this.called++);
  }

  /** Carries a configuration past the return, or adds those that follow it to the work. */
  private expand(entry: number, returning: number): void {
    this.work.read(entry, this.taken, this.used);
    this.state = this.work.stateOf(entry);
    this.node = this.nodesAtWork[entry] as number;
    this.steps++;
    if (this.isTaken(returning)) {
      this.pass(returning, this.state, this.node);
      return;
    }
    const { pure, kind, twins } = this.problem;
    for (const i of this.open) {
      if (pure[i] === 0 || this.isTaken(i)) continue;
      this.steps++;
      if (this.space.step(this.state, kind[i] as number) !== ILLEGAL) return this.take(i, this.state);
    }
    if (twins) this.findTwins();
    for (const i of this.open) {
      if (pure[i] === 1 || this.isTaken(i) || (twins && this.firstTwin[kind[i] as number] !== i)) continue;
      this.takeAny(i, kind[i] as number);
    }
    const place = this.returnOf(returning);
    for (let g = 0; g < this.used.length; g++) {
      const { calls, kind: own } = this.problem.optional[g] as OptionalGroup;
      if ((calls[this.used[g] as number] ?? Infinity) < place) this.takeAny(this.problem.operations.length + g, own);
    }
  }

  private takeAny(move: number, kind: number): void {
    this.steps++;
    const { state } = this;
    const code = this.space.step(state, kind);
    const several = this.space.several(code);
    for (let i = 0; i < several; i++) {
      const next = this.space.pick(code, i);
      // An optional operation that changes nothing is as well left out.
      if (move < this.problem.operations.length || next !== state) this.take(move, next);
    }
  }

  private take(move: number, state: number): void {
    const n = this.problem.operations.length;
    const compared = this.work.compared;
    if (move < n) this.flip(move);
    else this.used[move - n] = (this.used[move - n] as number) + 1;
    if (this.work.visit(0, state, this.taken, this.used)) {
      this.nodesAtWork.push(this.log.add(this.node, move));
    }
    if (move < n) this.flip(move);
    else this.used[move - n] = (this.used[move - n] as number) - 1;
    this.steps += (this.work.compared - compared) >>> 3;
  }

  /** The configuration at hand, in which the operation happened, goes past its return. */
  private pass(returning: number, state: number, node: number): void {
    this.flip(returning);
    this.add(this.next, this.nodesNext, state, node);
  }

  private add(to: Memo, nodes: number[], state: number, node: number): void {
    if (to.visit(0, state, this.taken, this.used)) nodes.push(node);
  }

  private findTwins(): void {
    const { kind } = this.problem;
    for (const i of this.open) if (!this.isTaken(i)) this.firstTwin[kind[i] as number] = i;
    for (const i of this.open) {
      const best = this.firstTwin[kind[i] as number] as number;
      if (!this.isTaken(i) && this.returnOf(i) < this.returnOf(best)) this.firstTwin[kind[i] as number] = i;
    }
  }

  private isTaken(operation: number): boolean {
    const slot = this.problem.slot[operation] as number;
    return ((this.taken[slot >>> 5] as number) & (1 << (slot & 31))) !== 0;
  }

  private flip(operation: number): void {
    const slot = this.problem.slot[operation] as number;
    this.taken[slot >>> 5] = (this.taken[slot >>> 5] as number) ^ (1 << (slot & 31));
  }
}

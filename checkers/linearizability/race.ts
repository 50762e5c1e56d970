import type { Operation } from '../history/operation.js';
import type { AnyModel } from '../models/model.js';
import { ShareOfMemory, type MemoryBudget } from '../budget.js';
import { Frontier } from './frontier.js';
import { problemOf, PROBLEM_BYTES_PER_OPERATION, type Problem } from './problem.js';
import { Search, type PartialOrder } from './search.js';
import { standpointOf, type Standpoint } from './standpoint.js';

/** What the search has for itself, in the order of the calls, before the others begin: enough for most histories that are linearizable. */
const AHEAD_STEPS_PER_OPERATION = 24;
const AHEAD_STEPS = 4_096;
export const TURN_STEPS = 4_096;
/** A search that has taken no more than this finds an order with hardly a step back. */
const STRAIGHT_STEPS_PER_OPERATION = 5;
/** What the search has for each operation from the start: a place in the list of what is missing, a frame, and an entry of the memo. */
const SEARCH_BYTES_PER_OPERATION = 76;

/**
 * The search and the frontier over one object's operations, taking turns of so many steps: the first to have an answer ends it.
 * When they begin to, the search begins again, now with what returns first (it goes astray in other places than before).
 * The search finds orders, the frontier finds violations, and either can need exponentially long where the other does not.
 */
export class Race {
  /** Undefined where there is no room for it: then nothing can be done. */
  private readonly problem: Problem | undefined;
  private readonly tables: ShareOfMemory;
  private readonly searching: Runner<Search>;
  private readonly urging: Runner<Search>;
  private readonly walking: Runner<Frontier>;
  private orderFound: (() => readonly Operation[]) | undefined;
  private kept: Standpoint | undefined;
  /** Which had the answer. */
  winner: 'search' | 'frontier' = 'search';

  /** @param cut only what returned at or before this place must take effect. */
  constructor(
    model: AnyModel,
    private readonly operations: readonly Operation[],
    cut: number,
    memory: MemoryBudget,
  ) {
    this.tables = new ShareOfMemory(memory);
    const tableBytes = operations.length * PROBLEM_BYTES_PER_OPERATION;
    const problem = this.tables.fits(tableBytes) ? problemOf(model, operations, cut) : undefined;
    this.problem = problem;
    if (problem !== undefined) this.tables.take(tableBytes);
    const firstBytes = Math.ceil(operations.length * (SEARCH_BYTES_PER_OPERATION + (problem?.slots ?? 0) / 8));
    const search = (byDeadline: boolean): Runner<Search> =>
      new Runner(
        memory,
        firstBytes,
        problem && ((share) => new Search(problem, share, undefined, undefined, byDeadline)),
      );
    this.searching = search(false);
    this.urging = search(true);
    this.walking = new Runner(
      memory,
      0,
      problem && ((share) => new Frontier(problem, share)),
      (frontier) => problem && (this.kept = standpointOf(problem.model, frontier)),
    );
  }

  get steps(): number {
    return this.searching.steps + this.urging.steps + this.walking.steps;
  }

  /** Everything that returned before this place can be ordered: the latest that is known. */
  get furthest(): number {
    return Math.max(this.searching.reached, this.urging.reached, this.walking.reached);
  }

  /** Has the search come as far as its steps go, so that what is left should not take long? */
  get goesWell(): boolean {
    const search = this.searching.part;
    return search !== undefined && search.steps <= STRAIGHT_STEPS_PER_OPERATION * search.ordered;
  }

  /** Where the frontier stands, or stood when it had to give up. */
  get standing(): Standpoint | undefined {
    const frontier = this.walking.part;
    if (frontier === undefined || this.problem === undefined) return this.kept;
    return standpointOf(this.problem.model, frontier);
  }

  /** The first operation at whose return it shows, where the frontier found the violation and the model did not look ahead. */
  get failing(): Operation | undefined {
    const frontier = this.walking.part;
    if (frontier?.exact !== true) return undefined;
    return this.operations.find(({ id }) => id === frontier.failing?.id);
  }

  /** Goes on for about this many steps. `memory`: none can go on. */
  run(stepsMax: number): Outcome {
    const until = this.steps + stepsMax;
    while (this.steps < until) {
      const runner = this.next();
      if (runner === undefined) return 'memory';
      const outcome = runner.run(Math.min(TURN_STEPS, until - this.steps));
      this.winner = runner === this.walking ? 'frontier' : 'search';
      if (outcome === 'ok') this.orderFound = () => runner.part?.order().operations ?? [];
      if (outcome === 'ok' || outcome === 'violation') return outcome;
    }
    return 'running';
  }

  /** Once `run` answered `ok`: a linearisation. */
  order(): readonly Operation[] {
    return this.orderFound?.() ?? [];
  }

  release(): void {
    this.searching.drop();
    this.urging.drop();
    this.walking.drop();
    this.tables.release();
  }

  private next(): Runner<Search> | Runner<Frontier> | undefined {
    const ahead = AHEAD_STEPS + AHEAD_STEPS_PER_OPERATION * (this.problem?.operations.length ?? 0);
    if (!this.searching.gaveUp && this.searching.steps < ahead) return this.searching;
    this.searching.drop();
    if (this.urging.gaveUp) return this.walking.gaveUp ? undefined : this.walking;
    return this.walking.gaveUp || this.urging.steps <= this.walking.steps ? this.urging : this.walking;
  }
}

type Outcome = 'ok' | 'violation' | 'running' | 'memory';

interface Part {
  readonly steps: number;
  readonly reached: number;
  run(stepsMax: number): Outcome;
  order(): PartialOrder;
}

/** One of them: made when it first has its turn, and dropped with what it remembers when that is too much. */
class Runner<P extends Part> {
  part: P | undefined;
  gaveUp = false;
  steps = 0;
  reached = 0;
  private readonly share: ShareOfMemory;

  constructor(
    memory: MemoryBudget,
    /** What it takes as soon as it is made. */
    private readonly firstBytes: number,
    private readonly make: ((share: ShareOfMemory) => P) | undefined,
    /** Called when what it remembers is too much. */
    private readonly beforeDrop: (part: P) => unknown = () => undefined,
  ) {
    this.share = new ShareOfMemory(memory);
  }

  run(stepsMax: number): Outcome {
    if (this.part === undefined && this.share.fits(this.firstBytes)) this.part = this.make?.(this.share);
    if (this.part === undefined) {
      this.gaveUp = true;
      return 'memory';
    }
    const outcome = this.part.run(stepsMax);
    this.steps = this.part.steps;
    this.reached = this.part.reached;
    if (outcome === 'memory') {
      this.beforeDrop(this.part);
      this.drop();
    }
    return outcome;
  }

  drop(): void {
    this.gaveUp = true;
    this.part = undefined;
    this.share.release();
  }
}

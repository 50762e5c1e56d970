/** What a check may use. Steps and memory, never time: the same history gives the same verdict on every machine. */
export interface Budget {
  /**
   * How many small things may be done: an operation tried in a place of the order, an edge of a graph looked at, an operation
   * passed by. About 5–20 million of them are a second.
   */
  readonly steps: number;
  /** Bytes for what is built beside the history, as they are estimated: tables, graphs, and what a search remembers. */
  readonly memoryBytes: number;
}

export const DEFAULT_BUDGET: Budget = Object.freeze({ steps: 100_000_000, memoryBytes: 512 * 1024 * 1024 });

/** What was used of it: steps in all, and the most bytes at once. */
export type Spent = Budget;

/** What ran out before there was an answer; `stopped`: the caller's `shouldStop` said so. */
export type Exhausted = 'steps' | 'memory' | 'stopped';

/** Counts bytes for all searches of one check together. */
export class MemoryBudget {
  private usedBytes = 0;
  private mostBytes = 0;

  constructor(readonly limitBytes: number) {}

  take(bytes: number): void {
    this.usedBytes += bytes;
    this.mostBytes = Math.max(this.mostBytes, this.usedBytes);
  }

  give(bytes: number): void {
    this.usedBytes -= bytes;
  }

  /** Gives back all that was taken. */
  release(): void {
    this.give(this.used);
  }

  /** Is there room for so many bytes more? */
  fits(bytes: number): boolean {
    return bytes <= this.freeBytes;
  }

  get freeBytes(): number {
    return this.limitBytes - this.usedBytes;
  }

  get used(): number {
    return this.usedBytes;
  }

  /** The most that was in use at once. */
  get most(): number {
    return this.mostBytes;
  }

  get exhausted(): boolean {
    return this.usedBytes > this.limitBytes;
  }
}

/** One part's share of the memory that all parts of a check have together. */
export class ShareOfMemory extends MemoryBudget {
  constructor(
    private readonly shared: MemoryBudget,
    limitBytes = shared.limitBytes,
  ) {
    super(limitBytes);
  }

  override take(bytes: number): void {
    super.take(bytes);
    this.shared.take(bytes);
  }

  override give(bytes: number): void {
    super.give(bytes);
    this.shared.give(bytes);
  }

  override get freeBytes(): number {
    return Math.min(super.freeBytes, this.shared.freeBytes);
  }

  override get exhausted(): boolean {
    return super.exhausted || this.shared.exhausted;
  }
}

const ASKED_EVERY = 4_096;

/** What one check may still use, counted by all its parts together. */
export class Allowance {
  readonly memory: MemoryBudget;
  private steps = 0;
  private askedAt = 0;
  private stopped = false;

  constructor(
    private readonly budget: Budget,
    /** Asked every few thousand steps. */
    private readonly shouldStop?: () => boolean,
    private readonly whole?: Allowance,
  ) {
    this.memory =
      whole === undefined ? new MemoryBudget(budget.memoryBytes) : new ShareOfMemory(whole.memory, budget.memoryBytes);
  }

  /** For a part of the check, which has limits of its own besides those of the whole. */
  part(limits: Partial<Budget> = {}): Allowance {
    return new Allowance({ ...this.budget, ...limits }, undefined, this);
  }

  /** A part that is done gives back the memory that it has. */
  release(): void {
    this.memory.release();
  }

  /** How many steps are left. */
  get left(): number {
    const own = Math.max(0, this.budget.steps - this.steps);
    return this.whole === undefined ? own : Math.min(own, this.whole.left);
  }

  /** Counts what was done. */
  spend(steps: number): void {
    this.steps += steps;
    this.whole?.spend(steps);
  }

  /** Counts what is about to be done and built. Where there is no room for it, nothing is counted, and what is missing is told. */
  take(steps: number, bytes = 0): Exhausted | undefined {
    if (steps > this.left) return 'steps';
    if (!this.memory.fits(bytes)) return 'memory';
    this.spend(steps);
    this.memory.take(bytes);
    return this.hasStopped() ? 'stopped' : undefined;
  }

  /** What has run out: steps where none is left, memory where more is in use than there may be. */
  get out(): Exhausted | undefined {
    if (this.left <= 0) return 'steps';
    if (this.memory.exhausted) return 'memory';
    return this.hasStopped() ? 'stopped' : undefined;
  }

  get spent(): Spent {
    return { steps: this.steps, memoryBytes: this.memory.most };
  }

  private hasStopped(): boolean {
    if (this.whole !== undefined) return this.whole.hasStopped();
    if (this.shouldStop !== undefined && !this.stopped && this.steps - this.askedAt >= ASKED_EVERY) {
      this.askedAt = this.steps;
      this.stopped = this.shouldStop();
    }
    return this.stopped;
  }
}

/** What a check may use. Steps and memory, never time: the same history gives the same verdict on every machine. */
export interface Budget {
  /** How many times an operation may be tried in a place of the order. About 5–20 million of them are a second. */
  readonly steps: number;
  /** Bytes for what the search remembers (configurations and states), and for the tables of monitors. */
  readonly memoryBytes: number;
}

export const DEFAULT_BUDGET: Budget = Object.freeze({ steps: 100_000_000, memoryBytes: 512 * 1024 * 1024 });

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

  /** Is there room for so many bytes more? */
  fits(bytes: number): boolean {
    return this.usedBytes + bytes <= this.limitBytes;
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
  constructor(private readonly shared: MemoryBudget) {
    super(shared.limitBytes);
  }

  override take(bytes: number): void {
    super.take(bytes);
    this.shared.take(bytes);
  }

  override get exhausted(): boolean {
    return this.shared.exhausted;
  }

  /** Gives back all that was taken. */
  release(): void {
    this.shared.give(this.used);
    this.give(this.used);
  }
}

import { FaultTally, type FaultTotals } from './fault-tally.js';
import type { SeedOutcome } from './fuzz-seed.js';

/** What a campaign needs of whoever runs it: workers, and a clock that decides only when to stop. */
export interface Host {
  /**
   * Runs these seeds one after the other on any free worker. Once `stopped`, it may come back with the first few of them only.
   */
  run(seeds: readonly string[]): Promise<readonly SeedOutcome[]>;
  readonly workers: number;
  /** Real milliseconds. */
  now(): number;
  stopped(): boolean;
}

export interface CampaignOptions {
  /** The first seed is `prefix` + `first`, the next one more. */
  readonly prefix: string;
  readonly first: number;
  /** Only every `of`-th seed from the `shard`-th on (from 0): several machines share a campaign. */
  readonly shard: number;
  readonly of: number;
  /** How many seeds at most. */
  readonly runs: number;
  readonly timeMs: number;
  /** Goes on after a failure, up to this many. */
  readonly failuresMax: number;
  progress?(state: CampaignState): void;
}

export interface CampaignState {
  readonly runs: number;
  readonly events: number;
  readonly failures: readonly SeedOutcome[];
  readonly undecided: number;
  readonly seconds: number;
  /** How often each mark was reached, over all runs. */
  readonly marks: Readonly<Record<string, number>>;
  readonly faults: FaultTotals;
}

const BATCH = 8;

/**
 * Runs seeds until there are enough failures, runs, or minutes. What it tells is what one worker that takes seed after seed
 * would tell: everything up to the last failure that counts, and nothing that other workers did beyond it. So neither their
 * number nor their pace shows, but in where a time limit ends it.
 */
export async function runCampaign(host: Host, options: CampaignOptions): Promise<CampaignState> {
  const begun = host.now();
  const prefix = new Prefix(options.failuresMax);
  let next = 0;
  const state = (): CampaignState => ({ ...prefix.state(), seconds: (host.now() - begun) / 1_000 });
  const done = (): boolean =>
    next >= options.runs || next > prefix.lastWanted() || host.stopped() || host.now() - begun >= options.timeMs;

  const work = async (): Promise<void> => {
    while (!done()) {
      const from = next;
      next = Math.min(from + BATCH, options.runs);
      const seeds = Array.from({ length: next - from }, (_, i) => seedAt(from + i, options));
      const outcomes = await host.run(seeds);
      outcomes.forEach((outcome, i) => prefix.arrive(from + i, outcome));
      options.progress?.(state());
    }
  };
  await Promise.all(Array.from({ length: host.workers }, work));
  return state();
}

function seedAt(index: number, { prefix, first, shard, of }: CampaignOptions): string {
  return `${prefix}${first + shard + index * of}`;
}

/** Outcomes, taken in the order of their seeds, whatever the order in which they arrive. */
class Prefix {
  private readonly waiting = new Map<number, SeedOutcome>();
  private readonly failedAt: number[] = [];
  private readonly failures: SeedOutcome[] = [];
  private readonly marks = new Map<string, number>();
  private readonly faults = new FaultTally();
  private readonly totals = { runs: 0, events: 0, undecided: 0 };

  constructor(private readonly failuresMax: number) {}

  arrive(index: number, outcome: SeedOutcome): void {
    this.waiting.set(index, outcome);
    if (outcome.verdict === 'violation') {
      this.failedAt.push(index);
      this.failedAt.sort((a, b) => a - b);
    }
    for (;;) {
      const following = this.waiting.get(this.totals.runs);
      if (following === undefined || this.failures.length >= this.failuresMax) return;
      this.waiting.delete(this.totals.runs);
      this.take(following);
    }
  }

  /** No seed after this one is of interest, as far as is known. */
  lastWanted(): number {
    return this.failedAt[this.failuresMax - 1] ?? Infinity;
  }

  state(): Omit<CampaignState, 'seconds'> {
    const marks = [...this.marks].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      ...this.totals,
      failures: [...this.failures],
      marks: Object.fromEntries(marks),
      faults: this.faults.totals(),
    };
  }

  private take(outcome: SeedOutcome): void {
    this.totals.runs++;
    this.totals.events += outcome.events;
    if (outcome.verdict === 'undecided') this.totals.undecided++;
    if (outcome.verdict === 'violation') this.failures.push(outcome);
    this.faults.take(outcome.faults);
    for (const [mark, count] of Object.entries(outcome.marks))
      this.marks.set(mark, (this.marks.get(mark) ?? 0) + count);
  }
}

import type { SeedOutcome } from './fuzz-seed.js';

/** What a campaign needs of whoever runs it: workers, and a clock that decides only when to stop. */
export interface Host {
  /** Runs these seeds one after the other on any free worker. */
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
}

const BATCH = 8;

/** Runs seeds until there are enough failures, runs, or minutes. Failures come in the order of their seeds. */
export async function runCampaign(host: Host, options: CampaignOptions): Promise<CampaignState> {
  const begun = host.now();
  const totals = { runs: 0, events: 0, undecided: 0 };
  const failures: SeedOutcome[] = [];
  const marks = new Map<string, number>();
  let next = 0;
  const state = (): CampaignState => ({
    ...totals,
    failures: [...failures].sort((a, b) => seedNumber(a, options) - seedNumber(b, options)),
    seconds: (host.now() - begun) / 1_000,
    marks: Object.fromEntries([...marks].sort(([a], [b]) => (a < b ? -1 : 1))),
  });
  const done = (): boolean =>
    next >= options.runs || failures.length >= options.failuresMax || host.stopped() || host.now() - begun >= options.timeMs;

  const work = async (): Promise<void> => {
    while (!done()) {
      const seeds: string[] = [];
      while (seeds.length < BATCH && next < options.runs) {
        seeds.push(`${options.prefix}${options.first + options.shard + next++ * options.of}`);
      }
      for (const outcome of await host.run(seeds)) {
        totals.runs++;
        totals.events += outcome.events;
        if (outcome.verdict === 'undecided') totals.undecided++;
        if (outcome.verdict === 'violation') failures.push(outcome);
        for (const [mark, count] of Object.entries(outcome.marks)) marks.set(mark, (marks.get(mark) ?? 0) + count);
      }
      options.progress?.(state());
    }
  };
  await Promise.all(Array.from({ length: host.workers }, work));
  return state();
}

function seedNumber(outcome: SeedOutcome, { prefix }: CampaignOptions): number {
  return Number(outcome.seed.slice(prefix.length));
}

/** Something that `npm run bench` times. */
export interface BenchTask {
  readonly name: string;
  /** What `run` returns the number of, in the singular: `event`, `operation`. */
  readonly unit: string;
  /** Does the work, from nothing, for some 10 ms or more. @returns how many units it did; they are what is reported. */
  run(): number;
}

/** Tasks about one subject. */
export interface BenchSuite {
  readonly name: string;
  readonly says: string;
  tasks(): readonly BenchTask[];
}

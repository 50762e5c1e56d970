/** Something that `npm run bench` times. */
export interface BenchTask {
  readonly name: string;
  /** What `run` returns the number of, in the singular: `event`, `operation`. */
  readonly unit: string;
  /** Makes what one `run` uses up, outside the time that is taken. */
  prepare?(): void;
  /** Does the work, from nothing (or from what was prepared), for some 10 ms or more. @returns how many units it did; they are what is reported. */
  run(): number;
  /** A task before this one in the suite, and how much longer a unit may take than there before it is flagged. */
  readonly beside?: { readonly task: string; readonly ratioMax: number };
  /** Where a unit is a part of a simulation. */
  readonly virtualSecondsPerUnit?: number;
}

/** Tasks about one subject. */
export interface BenchSuite {
  readonly name: string;
  readonly says: string;
  tasks(): readonly BenchTask[];
}

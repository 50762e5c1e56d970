/**
 * One rule of a checker taken away, and the tests that must notice. The lists in this folder, one file a room, are plain data;
 * `npm run mutants` applies them one at a time to a copy of the sources.
 */
export interface Mutant {
  /** Which rule is missing, in kebab-case: `certificate-order`. Unique in its room. */
  readonly name: string;
  /** The source that is changed, from the root of the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Test files, tried in this order until a test fails: the quickest first. */
  readonly tests: readonly string[];
}

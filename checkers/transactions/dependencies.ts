/** What the analysis of one kind of history gives to the search for cycles. */
export interface Dependencies {
  /** In words, how it is known that `from` comes before `to` by an edge of this kind at this key. */
  readonly explain: (from: number, to: number, kind: number, key: number) => string;
  /** What was taken for granted, one sentence each. */
  readonly assumptions: readonly string[];
}

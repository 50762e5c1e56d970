import type { EdgeList } from '../graph/edges.js';
import type { Read } from './table.js';

/** Whom a read is from: a transaction, or one of these. */
export const INITIAL = -1;
export const NOBODY = -2;

/** Who read from whom, and what is known for sure of the order of versions. */
export interface ReadsFrom {
  /** The transaction whose version this read returned: INITIAL before all writes, NOBODY where that is not known. */
  readonly sourceOf: (read: Read) => number;
  /** Adds the order of versions, where the history tells it. */
  readonly addVersions: (edges: EdgeList) => void;
  /** In words, how it is known that `from` comes before `to` by an edge of this kind at this key. */
  readonly explain: (from: number, to: number, kind: number, key: number) => string;
}

/** What the analysis of one kind of history gives to the search for cycles. */
export interface Dependencies extends ReadsFrom {
  /** What was taken for granted, one sentence each. */
  readonly assumptions: readonly string[];
}

import type { NodeId } from '../../engine/index.js';

/**
 * The number of a proposal. Whoever proposes uses numbers of its own, so that no two proposers ever share one (Lamport,
 * Paxos Made Simple, section 2.2): first the number counts, then the name.
 */
export interface Ballot {
  readonly number: number;
  readonly node: NodeId;
}

/** Below 0: a before b; 0: the same. Null, for none, is before all. */
export function compareBallots(a: Ballot | null, b: Ballot | null): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  if (a.number !== b.number) return a.number - b.number;
  if (a.node === b.node) return 0;
  return a.node < b.node ? -1 : 1;
}

export function sameBallot(a: Ballot | null, b: Ballot | null): boolean {
  return compareBallots(a, b) === 0;
}

export function laterBallot<B extends Ballot | null>(a: B, b: B): B {
  return compareBallots(a, b) >= 0 ? a : b;
}

/** For people, and for keys of Maps. */
export function showBallot(ballot: Ballot | null): string {
  return ballot === null ? 'none' : `${ballot.number}.${ballot.node}`;
}

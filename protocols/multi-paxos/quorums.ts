import type { MultiPaxosNode } from './shape.js';

/*
 * Howard, Malkhi, Spiegelman, Flexible Paxos, 2016: it is enough that every quorum of phase 1 meets every quorum of phase 2.
 * Two of phase 1, or two of phase 2, need not meet.
 */

interface QuorumOptions {
  readonly q1: number | null;
  readonly q2: number | null;
}

function majority(members: readonly unknown[]): number {
  return Math.floor(members.length / 2) + 1;
}

/** How many of these must promise. */
export function phase1Quorum(members: readonly unknown[], { q1 }: QuorumOptions): number {
  return q1 ?? majority(members);
}

/** How many of these must vote. */
export function phase2Quorum(members: readonly unknown[], { q2 }: QuorumOptions): number {
  return q2 ?? majority(members);
}

/**
 * What is wrong with quorums of these sizes?
 *
 * @returns a sentence, or null where they are safe.
 */
export function quorumProblem({
  members,
  options,
}: {
  readonly members: readonly unknown[];
  readonly options: QuorumOptions;
}): string | null {
  const n = members.length;
  const q1 = phase1Quorum(members, options);
  const q2 = phase2Quorum(members, options);
  for (const q of [q1, q2]) if (!Number.isInteger(q) || q < 1 || q > n) return `a quorum of ${q} out of ${n} nodes`;
  return q1 + q2 > n
    ? null
    : `${q1} promises and ${q2} votes out of ${n} nodes need not meet: q1 + q2 must exceed ${n}`;
}

/** @returns false where the node was halted: unsafe quorums are refused before anything is promised. */
export function acceptsQuorums(node: MultiPaxosNode): boolean {
  const { options } = node;
  const problem = quorumProblem({ members: options.configuration ?? node.members, options });
  if (problem === null || node.bug('accepts-unsafe-quorums')) return true;
  node.halt(`unsafe quorums: ${problem}`);
  return false;
}

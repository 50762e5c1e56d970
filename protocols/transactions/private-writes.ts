import { keysOf, writesOf, type Running, type Step } from './shape.js';
import { asOf, newest, withOwnWrites, type Store } from './versions.js';

/*
 * Snapshot isolation and optimistic concurrency control: a transaction keeps its writes to itself, and is refused at its end
 * where it cannot have run beside others.
 */

/** For the planted bugs: what was meant to be fixed at the start moves on. */
export function startOfStatement(node: Store, running: Running): void {
  const moves = node.bug('snapshot-per-statement') || node.bug('starts-at-last-read');
  if (moves) running.start = node.volatile.commits;
}

/** Berenson et al. 1995, section 4.2: reads never wait, and see what had committed when the transaction began. */
export function stepSnapshot(node: Store, running: Running, step: Step): Step {
  const [f, key] = step;
  return f === 'r' ? [f, key, withOwnWrites(running, key, asOf(node, key, running.start).value)] : step;
}

/** Kung and Robinson 1981, read phase: of the store as it is, and what that is worth is found out at the end. */
export function stepOptimistic(node: Store, running: Running, step: Step): Step {
  const [f, key] = step;
  return f === 'r' ? [f, key, withOwnWrites(running, key, newest(node, key).value)] : step;
}

/** @returns why a transaction must not commit, or null. */
export function whyNotCommit(node: Store, running: Running): string | null {
  switch (node.options.concurrency) {
    case 'locking':
      return null;
    case 'snapshot':
      return refusedByFirstCommitter(node, running);
    case 'optimistic':
      return refusedByValidation(node, running);
  }
}

/** First-committer-wins: another one that wrote the same has committed after this one's snapshot. */
function refusedByFirstCommitter(node: Store, running: Running): string | null {
  if (node.bug('forgets-first-committer')) return null;
  const lost = keysOf(writesOf(running)).find((key) => newest(node, key).at! > running.start);
  return lost === undefined ? null : `first committer wins: ${lost} was written meanwhile`;
}

/**
 * Kung and Robinson 1981, serial (backward) validation: none of those that committed since this one began wrote what it has
 * read. Validation and write phase are one step here, so that no two overlap.
 */
function refusedByValidation(node: Store, running: Running): string | null {
  const steps = node.bug('validates-without-read-set') ? writesOf(running) : running.done.filter(([f]) => f === 'r');
  const relevant = new Set(keysOf(steps));
  for (const { commit, keys } of node.volatile.validated) {
    const overwritten = commit > running.start ? keys.find((key) => relevant.has(key)) : undefined;
    if (overwritten !== undefined) return `validation failed: ${overwritten} was written meanwhile`;
  }
  return null;
}

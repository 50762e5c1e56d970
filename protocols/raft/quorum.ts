import { readEntry, readOnly, type DeepReadonly, type NodeId } from '../../engine/index.js';
import { configuration } from './configuration.js';
import type { Progress, RaftNode } from './shape.js';

// While the configuration is joint, agreement takes a majority of the old voters and one of the new (paper, section 6).

/** Are these enough to win an election? Whoever is named twice counts twice: that is for the caller to see to. */
export function isQuorum(node: RaftNode, votes: readonly NodeId[]): boolean {
  const { voters, oldVoters } = configuration(node);
  return hasMajority(voters, votes) && (oldVoters === null || hasMajority(oldVoters, votes));
}

function hasMajority(voters: readonly NodeId[], votes: readonly NodeId[]): boolean {
  let count = 0;
  for (const vote of votes) if (voters.includes(vote)) count += 1;
  return count >= majority(voters);
}

/** Is this node, without anybody else, a quorum? */
export function isAlone(node: RaftNode): boolean {
  const { voters, oldVoters } = configuration(node);
  return voters.length === 1 && voters[0] === node.id && oldVoters === null;
}

/**
 * The highest value that a quorum of the voters has reached, this node with `own`, if it is one of them: a leader that is
 * not part of the new configuration does not count itself (thesis, 4.2.2).
 *
 * @param of where a follower stands; called on what the leader knows of it.
 */
export function reachedByQuorum(node: RaftNode, own: number, of: (progress: DeepReadonly<Progress>) => number): number {
  const { voters, oldVoters } = configuration(node);
  const reached = reachedByMajority(node, voters, own, of);
  return oldVoters === null ? reached : Math.min(reached, reachedByMajority(node, oldVoters, own, of));
}

function reachedByMajority(
  node: RaftNode,
  voters: readonly NodeId[],
  own: number,
  of: (progress: DeepReadonly<Progress>) => number,
): number {
  const { id, volatile } = node;
  const progress = readOnly(volatile.progress);
  const descending: number[] = [];
  for (const voter of voters) {
    const follower = readEntry(progress, voter);
    if (voter === id) insertDescending(descending, own);
    else insertDescending(descending, follower === undefined ? NOWHERE : of(follower));
  }
  if (node.bug('counts-learners')) {
    for (const learner of configuration(node).learners) {
      const follower = volatile.progress[learner];
      if (follower !== undefined) insertDescending(descending, of(follower));
    }
  }
  return descending[majority(voters) - 1] ?? NOWHERE;
}

/** Where a voter stands of whom the leader knows nothing. Times are measured from before 0 (see `freshProgress`). */
const NOWHERE = -Infinity;

/** How many of so many voters a majority has. */
function majority(voters: readonly NodeId[]): number {
  return Math.floor(voters.length / 2) + 1;
}

function insertDescending(values: number[], value: number): void {
  let place = values.length;
  while (place > 0 && (values[place - 1] ?? 0) < value) {
    values[place] = values[place - 1] ?? 0;
    place -= 1;
  }
  values[place] = value;
}

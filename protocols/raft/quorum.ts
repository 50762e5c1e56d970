import type { Progress, RaftNode } from './protocol.js';

/** How many members a majority has. */
export function majority(node: RaftNode): number {
  return Math.floor(node.members.length / 2) + 1;
}

/**
 * The highest value that a majority of the members has reached, this node among them with `own`.
 *
 * @param of where a follower stands; called on what the leader knows of it.
 */
export function reachedByMajority(node: RaftNode, own: number, of: (progress: Progress) => number): number {
  const { progress } = node.volatile;
  const descending = [own];
  for (const peer of node.peers) {
    const follower = progress[peer];
    insertDescending(descending, follower === undefined ? 0 : of(follower));
  }
  return descending[majority(node) - 1] ?? 0;
}

function insertDescending(values: number[], value: number): void {
  let place = values.length;
  while (place > 0 && (values[place - 1] ?? 0) < value) {
    values[place] = values[place - 1] ?? 0;
    place -= 1;
  }
  values[place] = value;
}

import type { Node } from '../../engine/index.js';

/** Which unique number each node of an election has. */
export interface Numbering {
  /** Rising or falling in the order of members, or drawn by every node for itself. */
  placement: 'ascending' | 'descending' | 'random';
  /** The numbers one by one, in the order of members; where there are any, `placement` does not count. */
  identities: readonly number[];
}

const DRAWN_MAX = 1_073_741_823;

/** Drawn numbers are made unique by the node's position: the papers take it for granted that they are. */
export function identityOf({
  id,
  members,
  random,
  options: { placement, identities },
}: Pick<Node, 'id' | 'members' | 'random'> & { readonly options: Numbering }): number {
  const position = members.indexOf(id);
  if (identities.length > 0) return identities[position] ?? -position;
  if (placement === 'ascending') return position + 1;
  if (placement === 'descending') return members.length - position;
  return random.integer('identity', 0, DRAWN_MAX) * members.length + position;
}

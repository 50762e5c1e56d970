import { invariant, type Invariant, type NodeId, type NodeView } from '../../engine/index.js';

export type ElectionStatus = 'unknown' | 'leader' | 'non-leader';

/** What the state of a node in an election for the largest number has in common, whatever the algorithm. */
export interface Candidate {
  readonly status: ElectionStatus;
  /** The identity of whom this node takes for the leader. */
  readonly leader: number | null;
}

function candidate(node: NodeView<unknown>): Candidate & { readonly identity: number | null } {
  // The shape of the protocol is a parameter here, so that its state has no type that could be read from.
  const { durable, volatile } = node as { readonly durable: unknown; readonly volatile: unknown };
  return { ...(volatile as Candidate), ...(durable as { readonly identity: number | null }) };
}

/** What is promised of an election among nodes that are numbered, and elect the largest number once. */
export function electionProperties<P>(source: string): readonly Invariant<P>[] {
  const maximumWins = invariant<P>()({
    name: 'the maximum leads',
    says: 'Whoever is taken for the leader, by itself or by others, has the largest identity of all.',
    source,
    memory: () => ({ largest: -Infinity, holder: null as NodeId | null }),
    afterStep(seen, node) {
      const { identity, leader, status } = candidate(node);
      if (identity !== null && identity > seen.largest) Object.assign(seen, { largest: identity, holder: node.id });
      if (status === 'leader' && identity !== null && identity < seen.largest) {
        return `${node.id} (${identity}) takes itself for the leader, but ${seen.holder} has ${seen.largest}`;
      }
      if (leader === null || leader >= seen.largest) return null;
      return `${node.id} takes ${leader} for the leader, but ${seen.holder} has ${seen.largest}`;
    },
  });
  const oneLeader = invariant<P>()({
    name: 'one leader',
    says: 'At most one node ever takes itself for the leader.',
    source,
    memory: () => ({ first: null as NodeId | null }),
    afterStep(seen, node) {
      if (candidate(node).status !== 'leader') return null;
      seen.first ??= node.id;
      return seen.first === node.id ? null : `${node.id} takes itself for the leader, and so does ${seen.first}`;
    },
  });
  const everybodyLearns = invariant<P>()({
    name: 'everybody learns',
    says: 'When the run is over, every node that is up knows who leads.',
    source,
    memory: () => null,
    afterStep: () => null,
    atEnd(_, world) {
      const ignorant = world.nodes.filter((node) => node.up && candidate(node).leader === null).map(({ id }) => id);
      return ignorant.length === 0 ? null : `${ignorant.join(', ')} never learned who leads`;
    },
  });
  return [maximumWins, oneLeader, everybodyLearns];
}

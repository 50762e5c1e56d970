import { invariant, type Invariant, type NodeId, type NodeView } from '../../engine/index.js';

export type ElectionStatus = 'unknown' | 'leader' | 'non-leader';

/** What the state of a node in an election for the largest number has in common, whatever the algorithm. */
export interface Candidate {
  readonly status: ElectionStatus;
  /** The identity of whom this node takes for the leader. */
  readonly leader: number | null;
}

interface Participant {
  readonly id: NodeId;
  readonly up: boolean;
  readonly durable: { readonly identity: number | null };
  readonly volatile: Candidate;
}

/** The shape of the protocol is a parameter below, so that its state has no type that could be read from. */
function participant(node: NodeView<unknown>): Participant {
  return node as unknown as Participant;
}

/** What is promised of an election among nodes that are numbered, and elect the largest number once. */
export function electionProperties<P>(source: string): readonly Invariant<P>[] {
  const maximumWins = invariant<P>()({
    name: 'the maximum leads',
    says: 'Whoever is taken for the leader, by itself or by others, has the largest identity of all.',
    source,
    memory: () => ({ largest: -Infinity, holder: null as NodeId | null }),
    afterStep(seen, node) {
      const { durable, volatile } = participant(node);
      const { identity } = durable;
      const { leader, status } = volatile;
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
      if (participant(node).volatile.status !== 'leader') return null;
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
      const ignorant = world.nodes
        .filter((node) => node.up && participant(node).volatile.leader === null)
        .map(({ id }) => id);
      return ignorant.length === 0 ? null : `${ignorant.join(', ')} never learned who leads`;
    },
  });
  return [maximumWins, oneLeader, everybodyLearns];
}

import { invariant, type Invariant, type NodeId } from '../../engine/index.js';
import { noWriteIsLost } from '../parts/fenced-storage.js';
import { cluster } from './leadership.js';
import type { SplitBrain } from './shape.js';

/** Promised only with a quorum. */
const oneLeaderAnEpoch = invariant<SplitBrain>()({
  name: 'one leader an epoch',
  says: 'With a quorum, no two nodes ever lead in one epoch.',
  source: 'any two majorities have a member in common, and it votes once',
  memory: () => new Map<number, NodeId>(),
  afterStep(leaders, { id, options, durable, volatile }) {
    if (!options.quorum || volatile.role !== 'leader') return null;
    const known = leaders.get(durable.epoch);
    if (known === undefined) leaders.set(durable.epoch, id);
    return known === undefined || known === id
      ? null
      : `${id} leads in epoch ${durable.epoch}, and ${known} has led in it`;
  },
});

const aMajorityElects = invariant<SplitBrain>()({
  name: 'a majority elects',
  says: 'With a quorum, whoever leads has had the votes of more than half of the cluster.',
  source: 'the definition of a quorum',
  memory: () => ({
    votes: new Map<string, Set<NodeId>>(),
    /** By node: what was looked at last. */
    seen: new Map<NodeId, { readonly epoch: number; readonly votedFor: NodeId | null; readonly leads: boolean }>(),
  }),
  afterStep({ votes, seen }, node) {
    const { id, options, durable, volatile } = node;
    if (!options.quorum) return null;
    const { epoch, votedFor } = durable;
    const leads = volatile.role === 'leader';
    const before = seen.get(id);
    if (before !== undefined && before.epoch === epoch && before.votedFor === votedFor && before.leads === leads)
      return null;
    seen.set(id, { epoch, votedFor, leads });
    if (votedFor !== null) {
      const key = `${epoch} ${votedFor}`;
      votes.set(key, (votes.get(key) ?? new Set()).add(id));
    }
    if (!leads) return null;
    const voters = [...(votes.get(`${durable.epoch} ${id}`) ?? [])];
    const { length } = cluster(node);
    if (2 * voters.length > length) return null;
    return `${id} leads in epoch ${durable.epoch} by the votes of ${voters.join(', ')}, of ${length} nodes`;
  },
});

export const invariants: readonly Invariant<SplitBrain>[] = [
  noWriteIsLost<SplitBrain>('what a shared storage is to its users'),
  oneLeaderAnEpoch,
  aMajorityElects,
];

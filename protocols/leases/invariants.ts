import { invariant, type Invariant, type NodeId } from '../../engine/index.js';
import { noWriteIsLost } from '../parts/fenced-storage.js';
import { compareTokens, showToken, type Leases, type Token } from './shape.js';

interface Granted {
  readonly token: Token;
  readonly holder: NodeId;
}

/**
 * Leases are told apart by their tokens. A node that acts while its own clock gives it the lease must not find that a later
 * one was acted on already. A node that is frozen does not act; when it wakes, its clock tells it before it does anything.
 */
const oneValidLease = invariant<Leases>()({
  name: 'one valid lease',
  says: 'As long as clocks keep to their bounds, no node has a lease by its own clock after another has got a later one.',
  source: 'Gray and Cheriton 1989',
  memory: () => ({ latest: null as Granted | null }),
  afterStep(memory, node) {
    const { lease } = node.volatile.holder;
    if (lease === null || !node.options.clocksKept) return null;
    const { latest } = memory;
    const order = latest === null ? 1 : compareTokens(lease.token, latest.token);
    if (order > 0) memory.latest = { token: lease.token, holder: node.id };
    if (order >= 0) return null;
    return `${node.id} still has the lease ${showToken(lease.token)}, and ${latest!.holder} has got ${showToken(latest!.token)}`;
  },
});

const tokensRise = invariant<Leases>()({
  name: 'tokens rise',
  says: 'Every lease that is granted has a higher token than all before it; one that is extended keeps its own.',
  source: 'Kleppmann 2016; Burrows 2006, section 2.4: the lock generation number',
  memory: () => ({ last: null as Granted | null, isOut: false }),
  afterStep(memory, node) {
    if (node.id !== node.members[0]) return null;
    const { granted } = node.volatile.service;
    const { last, isOut } = memory;
    memory.isOut = granted !== null;
    if (granted === null) return null;
    const order = last === null ? 1 : compareTokens(granted.token, last.token);
    if (order > 0) memory.last = granted;
    if (order > 0 || (order === 0 && isOut && granted.holder === last!.holder)) return null;
    return `${granted.holder} is granted ${showToken(granted.token)}, after ${showToken(last!.token)} for ${last!.holder}`;
  },
});

const onlyOldTokensAreRefused = invariant<Leases>()({
  name: 'only old tokens are refused',
  says: 'The storage refuses a token only after a higher one was granted.',
  source: 'Kleppmann 2016',
  memory: () => ({ highest: null as Token | null }),
  afterStep(memory, node) {
    const { service, refused } = node.volatile;
    const granted = service.granted?.token;
    if (granted !== undefined && (memory.highest === null || compareTokens(granted, memory.highest) > 0)) {
      memory.highest = granted;
    }
    if (refused === null || memory.highest === null || compareTokens(refused, memory.highest) < 0) return null;
    return `${node.id} refuses ${showToken(refused)}, and nobody has a higher token`;
  },
});

export const invariants: readonly Invariant<Leases>[] = [
  noWriteIsLost<Leases>('Kleppmann 2016'),
  tokensRise,
  oneValidLease,
  onlyOldTokensAreRefused,
];

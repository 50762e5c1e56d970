import type { PlantedBug } from '../../engine/index.js';
import type { MultiPaxosBug } from './shape.js';

/** Each is the smallest change at the place of the rule: search the sources for its name. */
export const multiPaxosBugs: { readonly [Name in MultiPaxosBug]: PlantedBug } = {
  'accepts-unsafe-quorums': {
    summary: 'Quorums of phase 1 and phase 2 that need not meet are taken as they are configured.',
    property: 'Agreement',
    source: 'Howard, Malkhi, Spiegelman, Flexible Paxos, 2016: every quorum of phase 1 meets every one of phase 2',
    scenario: 'multi-paxos/bug-unsafe-quorums',
  },
  'adopts-last-promise': {
    summary:
      'The new leader adopts, for each slot, the vote that it heard of last, and not the one in the highest ballot.',
    property: 'Agreement',
    source: 'Paxos Made Simple, section 2.2, P2c',
    scenario: 'multi-paxos/bug-last-promise',
  },
  'forgets-promise': {
    summary: 'Promises are kept in memory only: after a restart an acceptor votes in a ballot that it had forsworn.',
    property: 'Agreement',
    source: 'Paxos Made Simple, section 2.5: an acceptor records its response before it sends it',
    scenario: 'multi-paxos/bug-forgotten-promise',
  },
  'ignores-promised-votes': {
    summary: 'The new leader fills slots from what it has itself voted for, whatever the promises tell.',
    property: 'Agreement',
    source: 'Paxos Made Simple, section 3: what a new leader proposes',
    scenario: 'multi-paxos/bug-ignored-votes',
  },
  'learns-any-vote': {
    summary:
      'A learner that is told how far slots are chosen takes its own votes for what was chosen, of whatever ballot.',
    property: 'Agreement',
    source: 'as Raft paper, Figure 2, AppendEntries RPC, receiver 5, for a commit index that says more than it proves',
    scenario: 'multi-paxos/bug-own-vote',
  },
  'counts-votes-not-voters': {
    summary: 'The leader counts votes, and not who cast them: a duplicated one counts twice.',
    property: 'Agreement',
    source: 'Paxos Made Simple, section 2.1: chosen by a majority of acceptors; as akka-raft issue 45',
    scenario: 'multi-paxos/bug-duplicated-vote',
  },
  'omits-snapshot': {
    summary: 'An acceptor tells a new leader of its votes, and not of its snapshot: compacted slots look free.',
    property: 'Agreement',
    source: 'Chandra, Griesemer, Redstone, Paxos Made Live, 2007, section 5.5: snapshots and catch-up',
    scenario: 'multi-paxos/bug-omitted-snapshot',
  },
  'omits-configuration': {
    summary: 'Snapshots hold the data only: who begins with one believes in the configuration that its options name.',
    property: 'Slot Configuration',
    source: 'Paxos Made Simple, section 3: the configuration is part of the state',
    scenario: 'multi-paxos/lagging-reconfiguration',
  },
  'reconfigures-at-once': {
    summary: 'A new configuration is in force from the next slot on, for which votes of the old one may be under way.',
    property: 'Slot Configuration',
    source: 'Paxos Made Simple, section 3: the state after slot i is for slot i + α',
    scenario: 'multi-paxos/grow',
  },
  'leaves-window': {
    summary: 'The leader asks votes for more than α slots beyond the last executed one, of whomever it knows.',
    property: 'Slot Configuration',
    source: 'Paxos Made Simple, section 3: a leader gets α commands ahead, and no more',
    scenario: 'multi-paxos/bug-window',
  },
  'skips-new-promises': {
    summary: 'A leader asks votes of a new configuration with the promises of the old one.',
    property: 'Agreement',
    source: 'Paxos Made Simple, section 2.2, P2c, of those who vote on the slot',
    scenario: 'multi-paxos/bug-unpromised',
  },
  'reads-local': {
    summary: 'The leader answers reads from its own state, without asking whether it still leads.',
    property: 'linearizable',
    source: 'Paxos Made Live, 2007, section 5.2: master leases, and why reads without them go through the log',
    scenario: 'multi-paxos/bug-stale-read',
  },
};

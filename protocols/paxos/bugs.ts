import type { PlantedBug } from '../../engine/index.js';
import type { PaxosBug } from './shape.js';

/** Each is the smallest change at the place of the rule: search the sources for its name. */
export const paxosBugs: { readonly [Name in PaxosBug]: PlantedBug } = {
  'adopts-last-promise': {
    summary: 'The proposer adopts the value of the promise that came last, and not the one of the highest ballot.',
    property: 'Agreement',
    source: 'Paxos Made Simple, section 2.2, P2c and Phase 2 (a)',
    scenario: 'paxos/bug-last-promise',
  },
  'forgets-promise': {
    summary: 'Promises are kept in memory only: after a restart an acceptor votes in a ballot that it had forsworn.',
    property: 'Agreement',
    source: 'Paxos Made Simple, section 2.5: an acceptor records its response before it sends it',
    scenario: 'paxos/bug-forgotten-promise',
  },
  'keeps-own-value': {
    summary: 'The proposer proposes its own value, whatever the promises tell.',
    property: 'Agreement',
    source: 'Paxos Made Simple, section 2.2, P2b',
    scenario: 'paxos/bug-own-value',
  },
  'accepts-below-promise': {
    summary: 'An acceptor votes without looking at what it has promised.',
    property: 'Ballot Monotonicity',
    source: 'Paxos Made Simple, section 2.2, P1a',
    scenario: 'paxos/bug-late-accept',
  },
  'counts-promises-not-promisers': {
    summary: 'The proposer counts promises, and not who made them: a duplicated one counts twice.',
    property: 'Agreement',
    source:
      'Paxos Made Simple, section 2.2, Phase 2 (a): from a majority of acceptors; as akka-raft issue 45 for votes',
    scenario: 'paxos/bug-duplicated-promise',
  },
  'reuses-ballot': {
    summary: 'The last number tried is kept in memory only: after a restart the proposer uses it for another value.',
    property: 'Agreement',
    source: 'Paxos Made Simple, section 2.5: each proposer remembers the highest-numbered proposal it has tried',
    scenario: 'paxos/bug-reused-ballot',
  },
};

import type { PlantedBug } from '../../engine/index.js';
import type { ZabBug } from './shape.js';

/** Each is the smallest change at the place of the rule: search the sources for its name. */
export const zabBugs: { readonly [Name in ZabBug]: PlantedBug } = {
  'proposes-to-acknowledged': {
    summary:
      'The leader proposes only to followers whose ACK-LD has come: a late one misses what was proposed until then.',
    property: 'Local Primary Order',
    source: "ZooKeeper's protocol specification, issue 1; Zab, 2011, step ℓ.3.4 taken literally",
    scenario: 'zab/bug-missed-proposal',
  },
  'delivers-whole-history': {
    summary: 'A late follower delivers all of the history that it is given, also what is only proposed.',
    property: 'Primary Integrity',
    source: 'Zab, 2011, steps ℓ.3.3 and f.2.2 taken literally; remarked in klinvill/zab_tla, TotalOrder',
    scenario: 'zab/bug-whole-history',
  },
  'keeps-uncommitted': {
    summary:
      'A follower tells the leader what its database has, and keeps what its log has beyond that across the election.',
    property: 'Total Order',
    source: 'ZOOKEEPER-2845',
    scenario: 'zab/bug-kept-uncommitted',
  },
  'acknowledges-unsynced': {
    summary: 'NEWLEADER is acknowledged before the history that came with it is on the disk.',
    property: 'Primary Integrity',
    source: 'ZOOKEEPER-4646',
    scenario: 'zab/bug-unsynced-history',
  },
  'updates-epoch-first': {
    summary:
      'currentEpoch is on the disk before the history that belongs to it: after a crash a node looks too recent.',
    property: 'Primary Integrity',
    source: 'ZOOKEEPER-4643',
    scenario: 'zab/bug-epoch-before-history',
  },
  'forgets-accepted-epoch': {
    summary: 'acceptedEpoch is kept in memory only: after a restart a node promises the same epoch to a second leader.',
    property: 'Promises Rise',
    source: 'Zab, 2011, step f.1.2: f.p is on stable storage',
    scenario: 'zab/bug-forgotten-epoch',
  },
  'accepts-epoch-again': {
    summary: 'A promise counts also for an epoch that was promised before, be it to somebody else.',
    property: 'Promises Rise',
    source: 'Zab, 2011, step f.1.2: f.p < e′',
    scenario: 'zab/bug-epoch-again',
  },
  'counts-acks-not-ackers': {
    summary: 'The leader counts ACKs, and not who sent them: a follower that leaves and joins again counts twice.',
    property: 'Primary Integrity',
    source: 'Zab, 2011, step ℓ.3.2: ACKs from a quorum of followers; as akka-raft issue 45',
    scenario: 'zab/bug-repeated-ack',
  },
};

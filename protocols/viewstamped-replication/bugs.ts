import type { PlantedBug } from '../../engine/index.js';
import type { ViewstampedReplicationBug } from './shape.js';

const REVISITED = 'Liskov, Cowling, Viewstamped Replication Revisited, MIT-CSAIL-TR-2012-021, 2012';

/** Each is the smallest change at the place of the rule: search the sources for its name. */
export const viewstampedReplicationBugs: { readonly [Name in ViewstampedReplicationBug]: PlantedBug } = {
  'picks-log-by-op-number': {
    summary: 'A new primary takes the longest log that it is told of, and not the one of the latest view.',
    property: 'Committed Operations Survive',
    source: `${REVISITED}, section 4.2, step 3`,
    scenario: 'viewstamped-replication/bug-longest-log',
  },
  'counts-messages-not-senders': {
    summary: 'The primary counts PREPAREOK messages, and not who sent them: a duplicated one counts twice.',
    property: 'Committed Operations Survive',
    source: `${REVISITED}, section 4.1, step 5: from f different backups; as akka-raft issue 45`,
    scenario: 'viewstamped-replication/bug-duplicated-prepare-ok',
  },
  'recovers-without-primary': {
    summary: 'A recovering replica takes the state of any primary, also where others tell of a later view.',
    property: 'State Machine Safety',
    source: `${REVISITED}, section 4.3, step 3: from the primary of the latest view it learns of`,
    scenario: 'viewstamped-replication/bug-old-primary',
  },
  'ignores-nonce': {
    summary: 'A recovering replica takes answers to an earlier recovery for answers to this one.',
    property: 'Committed Operations Survive',
    source: `${REVISITED}, section 4.3: all containing the nonce it sent`,
    scenario: 'viewstamped-replication/bug-old-response',
  },
  'answers-recovery-in-view-change': {
    summary: 'A replica answers RECOVERY also while its view changes, with the last view in which it was normal.',
    property: 'Committed Operations Survive',
    source: `${REVISITED}, section 4.3, step 2: only when its status is normal`,
    scenario: 'viewstamped-replication/bug-answers-in-view-change',
  },
  'forgets-client-table': {
    summary: 'A new primary does not enter the requests of its log into the client-table: a retried one is done twice.',
    property: 'Executed Once',
    source: `${REVISITED}, section 4.2, steps 4 and 5: updates its client-table`,
    scenario: 'viewstamped-replication/bug-done-twice',
  },
  'reads-local': {
    summary: 'The primary answers reads from its own state without holding any lease.',
    property: 'linearizable',
    source: `${REVISITED}, section 6.3.1`,
    scenario: 'viewstamped-replication/bug-stale-read',
  },
  'forgets-lease': {
    summary: 'A replica that has recovered does not wait until a lease that it may have granted is over.',
    property: 'linearizable',
    source: `${REVISITED}, section 6.3.1, and what a crash forgets`,
    scenario: 'viewstamped-replication/bug-forgotten-lease',
  },
  'serves-after-reconfiguration': {
    summary: 'A primary goes on accepting requests behind a reconfiguration, into an epoch that ends with it.',
    property: 'State Machine Safety',
    source: `${REVISITED}, section 7.1: stops accepting other client requests`,
    scenario: 'viewstamped-replication/bug-late-request',
  },
  'forgets-next-epoch': {
    summary: 'A recovered replica enters the next epoch as if it could not have been of it before its crash.',
    property: 'Committed Operations Survive',
    source: `${REVISITED}, sections 4.3 and 7, taken together: found as this was built`,
    scenario: 'viewstamped-replication/bug-forgotten-epoch',
  },
};

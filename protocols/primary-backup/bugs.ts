import type { PlantedBug } from '../../engine/index.js';
import type { PrimaryBackupBug } from './shape.js';

/** Each is the smallest change at the place of the rule: search the sources for its name. */
export const primaryBackupBugs: { readonly [Name in PrimaryBackupBug]: PlantedBug } = {
  'acknowledges-before-copies': {
    summary: 'The primary answers a write as soon as it has it itself, though copies are promised.',
    property: 'Acknowledged Writes Survive',
    source:
      'Alsberg and Day 1976: the answer comes after the first backup has the update; Redis Sentinel’s documentation',
    scenario: 'primary-backup/bug-early-answer',
  },
  'applies-out-of-order': {
    summary: 'A backup applies each update when it comes, also before an earlier one.',
    property: 'Same State',
    source: 'Alsberg and Day 1976: updates are applied in the order of their numbers',
    scenario: 'primary-backup/bug-overtaken-copy',
  },
  'ignores-epochs': {
    summary: 'Copies of an old primary are taken and acknowledged like those of the present one.',
    property: 'Acknowledged Writes Survive',
    source: 'Budhiraja, Marzullo, Schneider, Toueg 1993, Pb1; Kleppmann 2016 on fencing tokens',
    scenario: 'primary-backup/bug-stale-primary',
  },
  'promotes-out-of-sync': {
    summary: 'Who has a majority of votes takes over, also if it is not among the backups in sync.',
    property: 'Acknowledged Writes Survive',
    source: 'Lin et al., PacificA, 2008; Kafka’s unclean leader election',
    scenario: 'primary-backup/bug-lagging-backup',
  },
  'forgets-vote': {
    summary: 'After a restart a witness grants an epoch a second time.',
    property: 'One Primary Per Epoch',
    source: 'as Raft paper, Figure 2: votedFor is persistent',
    scenario: 'primary-backup/bug-forgotten-vote',
  },
  'drops-before-recorded': {
    summary:
      'The primary does without a silent backup as soon as it asks the witnesses, and not when a majority has recorded it.',
    property: 'Acknowledged Writes Survive',
    source: 'Lin et al., PacificA, 2008; as Kafka’s KIP-497, where writes wait for the larger of two in-sync sets',
    scenario: 'primary-backup/bug-early-drop',
  },
  'joins-before-caught-up': {
    summary: 'A backup counts as in sync when it is sent the state, and not when it has it.',
    property: 'Acknowledged Writes Survive',
    source: 'Lin et al., PacificA, 2008: a new secondary joins after it has caught up',
    scenario: 'primary-backup/bug-early-join',
  },
  'reads-local': {
    summary: 'The primary answers reads by itself, without asking whether there is a later one.',
    property: 'linearizable',
    source: 'Lin et al., PacificA, 2008: leases, without which a primary may not answer by itself',
    scenario: 'primary-backup/bug-stale-read',
  },
};

import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { bugDuplicatedVote } from './bug-duplicated-vote.js';
import { bugForgottenPromise } from './bug-forgotten-promise.js';
import { bugIgnoredVotes } from './bug-ignored-votes.js';
import { bugLastPromise } from './bug-last-promise.js';
import { bugOmittedSnapshot } from './bug-omitted-snapshot.js';
import { bugOwnVote } from './bug-own-vote.js';
import { bugStaleRead } from './bug-stale-read.js';
import { bugUnpromised } from './bug-unpromised.js';
import { bugUnsafeQuorums } from './bug-unsafe-quorums.js';
import { bugWindow } from './bug-window.js';
import { flexibleQuorums } from './flexible-quorums.js';
import { flexibleQuorumsStuck } from './flexible-quorums-stuck.js';
import { gap } from './gap.js';
import { grow } from './grow.js';
import { happyPath } from './happy-path.js';
import { laggingLearner } from './lagging-learner.js';
import { laggingReconfiguration } from './lagging-reconfiguration.js';
import { leaderCrash } from './leader-crash.js';
import { minority } from './minority.js';
import { noPrimaryOrder } from './no-primary-order.js';
import { reconfigurationLeaderCrash } from './reconfiguration-leader-crash.js';
import { replaceOneByOne } from './replace-one-by-one.js';
import { shrink } from './shrink.js';
import { stormy } from './stormy.js';
import { stormyDisks } from './stormy-disks.js';
import { stormyReconfiguration } from './stormy-reconfiguration.js';
import { unsyncedDisk } from './unsynced-disk.js';
import { unsyncedDiskCareless } from './unsynced-disk-careless.js';

/** In the order in which a newcomer might want them. */
export const multiPaxosScenarios: readonly (Scenario | Experiment)[] = [
  happyPath,
  leaderCrash,
  gap,
  noPrimaryOrder,
  laggingLearner,
  flexibleQuorums,
  flexibleQuorumsStuck,
  minority,
  grow,
  shrink,
  replaceOneByOne,
  reconfigurationLeaderCrash,
  laggingReconfiguration,
  unsyncedDisk,
  unsyncedDiskCareless,
  stormy,
  stormyDisks,
  stormyReconfiguration,
  bugUnsafeQuorums,
  bugLastPromise,
  bugForgottenPromise,
  bugIgnoredVotes,
  bugOwnVote,
  bugDuplicatedVote,
  bugOmittedSnapshot,
  bugWindow,
  bugUnpromised,
  bugStaleRead,
];

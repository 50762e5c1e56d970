import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { bugEpochAgain } from './bug-epoch-again.js';
import { bugEpochBeforeHistory } from './bug-epoch-before-history.js';
import { bugForgottenEpoch } from './bug-forgotten-epoch.js';
import { bugKeptUncommitted } from './bug-kept-uncommitted.js';
import { bugMissedProposal } from './bug-missed-proposal.js';
import { bugRepeatedAck } from './bug-repeated-ack.js';
import { bugUnsyncedHistory } from './bug-unsynced-history.js';
import { bugWholeHistory } from './bug-whole-history.js';
import { damagedDisk } from './damaged-disk.js';
import { happyPath } from './happy-path.js';
import { lateFollowers } from './late-followers.js';
import { leaderCrash } from './leader-crash.js';
import { minority } from './minority.js';
import { lyingDisk, unsyncedDisk } from './power-failures.js';
import { localReads, syncDeposed, syncReads } from './reads.js';
import { stormy, zookeeperStormy } from './stormy.js';
import { twoLeaders } from './two-leaders.js';

/** In the order in which a newcomer might want them. */
export const zabScenarios: readonly (Scenario | Experiment)[] = [
  happyPath,
  leaderCrash,
  lateFollowers,
  twoLeaders,
  minority,
  unsyncedDisk,
  damagedDisk,
  lyingDisk,
  localReads,
  syncReads,
  syncDeposed,
  stormy,
  zookeeperStormy,
  bugMissedProposal,
  bugWholeHistory,
  bugKeptUncommitted,
  bugUnsyncedHistory,
  bugEpochBeforeHistory,
  bugForgottenEpoch,
  bugEpochAgain,
  bugRepeatedAck,
];

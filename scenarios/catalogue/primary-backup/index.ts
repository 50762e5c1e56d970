import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { bugEarlyAnswer } from './bug-early-answer.js';
import { bugEarlyDrop } from './bug-early-drop.js';
import { bugEarlyJoin } from './bug-early-join.js';
import { bugForgottenVote } from './bug-forgotten-vote.js';
import { bugLaggingBackup } from './bug-lagging-backup.js';
import { bugOvertakenCopy } from './bug-overtaken-copy.js';
import { bugStalePrimary } from './bug-stale-primary.js';
import { bugStaleRead } from './bug-stale-read.js';
import { falseSuspicion } from './false-suspicion.js';
import { happyPath } from './happy-path.js';
import { lastCopy } from './last-copy.js';
import { lostWrites } from './lost-writes.js';
import { stalenessOfReplicas } from './staleness.js';
import { switchOverGap } from './switch-over-gap.js';
import { lostAcknowledgedWrites } from './lost-acknowledged-writes.js';
import { manualFailover } from './manual-failover.js';
import { pairFailStop } from './pair-fail-stop.js';
import { primaryCrash } from './primary-crash.js';
import { semiSynchronous } from './semi-synchronous.js';
import { splitBrain } from './split-brain.js';
import { splitBrainEpochs } from './split-brain-epochs.js';
import { splitBrainWitness } from './split-brain-witness.js';
import { staleReplicas } from './stale-replicas.js';
import { stormy } from './stormy.js';
import { twoSites } from './two-sites.js';
import { unsyncedDisk } from './unsynced-disk.js';
import { wipedDisk } from './wiped-disk.js';
import { wrongOperator } from './wrong-operator.js';

/** In the order in which a newcomer might want them. */
export const primaryBackupScenarios: readonly (Scenario | Experiment)[] = [
  happyPath,
  primaryCrash,
  semiSynchronous,
  pairFailStop,
  falseSuspicion,
  splitBrain,
  splitBrainEpochs,
  splitBrainWitness,
  manualFailover,
  wrongOperator,
  twoSites,
  lastCopy,
  lostAcknowledgedWrites,
  staleReplicas,
  wipedDisk,
  unsyncedDisk,
  stormy,
  switchOverGap,
  lostWrites,
  stalenessOfReplicas,
  bugEarlyAnswer,
  bugOvertakenCopy,
  bugStalePrimary,
  bugLaggingBackup,
  bugForgottenVote,
  bugEarlyDrop,
  bugEarlyJoin,
  bugStaleRead,
];

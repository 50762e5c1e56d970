import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { bugDuplicatedPromise } from './bug-duplicated-promise.js';
import { bugForgottenPromise } from './bug-forgotten-promise.js';
import { bugLastPromise } from './bug-last-promise.js';
import { bugLateAccept } from './bug-late-accept.js';
import { bugOwnValue } from './bug-own-value.js';
import { bugReusedBallot } from './bug-reused-ballot.js';
import { distinguishedProposer } from './distinguished-proposer.js';
import { duellingProposers } from './duelling-proposers.js';
import { happyPath } from './happy-path.js';
import { lossyDisks } from './lossy-disks.js';
import { noMajority } from './no-majority.js';
import { randomBackOff } from './random-back-off.js';
import { stormy } from './stormy.js';
import { wipedDisk } from './wiped-disk.js';

/** In the order in which a newcomer might want them. */
export const paxosScenarios: readonly (Scenario | Experiment)[] = [
  happyPath,
  duellingProposers,
  randomBackOff,
  distinguishedProposer,
  noMajority,
  lossyDisks,
  wipedDisk,
  stormy,
  bugLastPromise,
  bugForgottenPromise,
  bugOwnValue,
  bugLateAccept,
  bugDuplicatedPromise,
  bugReusedBallot,
];

import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { bugAnswersInViewChange } from './bug-answers-in-view-change.js';
import { bugDoneTwice } from './bug-done-twice.js';
import { bugDuplicatedPrepareOk } from './bug-duplicated-prepare-ok.js';
import { bugForgottenEpoch } from './bug-forgotten-epoch.js';
import { bugForgottenLease } from './bug-forgotten-lease.js';
import { bugLateRequest } from './bug-late-request.js';
import { bugLongestLog } from './bug-longest-log.js';
import { bugOldPrimary } from './bug-old-primary.js';
import { bugOldResponse } from './bug-old-response.js';
import { bugStaleRead } from './bug-stale-read.js';
import { changingGroups } from './changing-groups.js';
import { fastReads } from './fast-reads.js';
import { fastReadsBroken } from './fast-reads-broken.js';
import { happyPath } from './happy-path.js';
import { laggingReplica } from './lagging-replica.js';
import { partitions } from './partitions.js';
import { primaryCrash } from './primary-crash.js';
import { publishedRecovery } from './published-recovery.js';
import { publishedStateTransfer } from './published-state-transfer.js';
import { reconfiguration } from './reconfiguration.js';
import { recovery } from './recovery.js';
import { repairedRecovery } from './repaired-recovery.js';
import { repairedStateTransfer } from './repaired-state-transfer.js';
import { stormy } from './stormy.js';
import { stormyReconfiguration } from './stormy-reconfiguration.js';
import { tooManyCrashes } from './too-many-crashes.js';

/** In the order in which a newcomer might want them. */
export const viewstampedReplicationScenarios: readonly (Scenario | Experiment)[] = [
  happyPath,
  primaryCrash,
  recovery,
  laggingReplica,
  partitions,
  tooManyCrashes,
  stormy,
  changingGroups,
  stormyReconfiguration,
  publishedStateTransfer,
  repairedStateTransfer,
  publishedRecovery,
  repairedRecovery,
  reconfiguration,
  fastReads,
  fastReadsBroken,
  bugLongestLog,
  bugDuplicatedPrepareOk,
  bugOldPrimary,
  bugOldResponse,
  bugAnswersInViewChange,
  bugDoneTwice,
  bugStaleRead,
  bugForgottenLease,
  bugLateRequest,
  bugForgottenEpoch,
];

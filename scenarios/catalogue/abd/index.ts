import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { bugDuplicatedReply } from './bug-duplicated-reply.js';
import { bugForgottenQuery } from './bug-forgotten-query.js';
import { bugForgottenRegister } from './bug-forgotten-register.js';
import { bugLateReply } from './bug-late-reply.js';
import { bugNewOldInversion } from './bug-new-old-inversion.js';
import { bugReusedTag } from './bug-reused-tag.js';
import { bugTiedTags } from './bug-tied-tags.js';
import { happyPath } from './happy-path.js';
import { majorityLost } from './majority-lost.js';
import { minorityCrash } from './minority-crash.js';
import { repeatedWrite } from './repeated-write.js';
import { roundTrips } from './round-trips.js';
import { singleWriter } from './single-writer.js';
import { stormy } from './stormy.js';
import { unsyncedDisk } from './unsynced-disk.js';
import { wipedDisk } from './wiped-disk.js';

/** In the order in which a newcomer might want them. */
export const abdScenarios: readonly (Scenario | Experiment)[] = [
  happyPath,
  minorityCrash,
  singleWriter,
  majorityLost,
  repeatedWrite,
  wipedDisk,
  unsyncedDisk,
  stormy,
  roundTrips,
  bugNewOldInversion,
  bugForgottenQuery,
  bugTiedTags,
  bugDuplicatedReply,
  bugLateReply,
  bugForgottenRegister,
  bugReusedTag,
];

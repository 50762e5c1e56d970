import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { clockJump } from './clock-jump.js';
import { delayedReply } from './delayed-reply.js';
import { delayedWrite } from './delayed-write.js';
import { driftBeyondBounds, driftingClocks } from './drifting-clocks.js';
import { happyPath } from './happy-path.js';
import { lateWriterMeetsReader } from './late-writer-meets-reader.js';
import { pausedHolder } from './paused-holder.js';
import { serviceRestart } from './service-restart.js';
import { storageRestart } from './storage-restart.js';
import { stormy } from './stormy.js';
import { withoutFencing } from './without-fencing.js';

export const leasesScenarios: readonly (Scenario | Experiment)[] = [
  happyPath,
  pausedHolder,
  delayedWrite,
  clockJump,
  withoutFencing,
  lateWriterMeetsReader,
  storageRestart,
  serviceRestart,
  delayedReply,
  driftingClocks,
  driftBeyondBounds,
  stormy,
];

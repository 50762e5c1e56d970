import type { Experiment } from '../../experiment.js';
import type { Scenario } from '../../scenario.js';
import { bank, bankReadCommitted } from './bank.js';
import { crash } from './crash.js';
import { deadlocks } from './deadlocks.js';
import { optimistic } from './optimistic.js';
import { fuzzyRead, lostUpdate, readCommitted } from './read-committed.js';
import { dirtyRead, readUncommitted } from './read-uncommitted.js';
import { phantom, repeatableRead } from './repeatable-read.js';
import { snapshot, writeSkew } from './snapshot.js';
import { stormy, stormyOptimistic, stormySnapshot } from './stormy.js';
import { twoPhaseLocking } from './two-phase-locking.js';

export const transactionsScenarios: readonly (Scenario | Experiment)[] = [
  twoPhaseLocking,
  deadlocks,
  readUncommitted,
  dirtyRead,
  readCommitted,
  fuzzyRead,
  lostUpdate,
  repeatableRead,
  phantom,
  snapshot,
  writeSkew,
  optimistic,
  bank,
  bankReadCommitted,
  crash,
  stormy,
  stormySnapshot,
  stormyOptimistic,
];

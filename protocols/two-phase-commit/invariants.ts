import type { Invariant } from '../../engine/index.js';
import { atomicCommitment } from '../parts/atomic-commitment.js';
import type { LogRecord, TwoPhaseCommit } from './shape.js';

export const invariants: readonly Invariant<TwoPhaseCommit>[] = atomicCommitment<TwoPhaseCommit, Readonly<LogRecord>>({
  log: ({ log }) => log,
  newer: ({ volatile }) => volatile.unforced,
  // A coordinator votes before it writes its start record.
  stateOf: ({ state }) => (state === 'start' ? 'yes' : state),
  hasRestarted: ({ volatile }) => volatile.restarted,
  patience: ({ options }) => options,
});

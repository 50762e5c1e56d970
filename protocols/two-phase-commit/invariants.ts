import type { DeepReadonly, Invariant } from '../../engine/index.js';
import { atomicCommitment, type CommitmentState } from '../parts/atomic-commitment.js';
import type { LogRecord, Transaction, TwoPhaseCommit } from './shape.js';

export const invariants: readonly Invariant<TwoPhaseCommit>[] = atomicCommitment<TwoPhaseCommit>({
  records: ({ durable, volatile }) => states(durable.log, volatile.unforced),
  stable: ({ synced, volatile }) => states(synced.log, volatile.unforced),
  hasRestarted: ({ volatile }) => volatile.restarted,
  patience: ({ options }) => options,
});

type Log = DeepReadonly<Map<Transaction, LogRecord>>;

/** What a node's newest records say, by transaction. */
function states(forced: Log, unforced: Log): [Transaction, CommitmentState][] {
  const older = [...forced].filter(([txn]) => !unforced.has(txn));
  return [...older, ...unforced].map(([txn, { state }]) => [txn, stateOf(state)]);
}

/** A coordinator votes before it writes its start record. */
function stateOf(state: LogRecord['state']): CommitmentState {
  return state === 'start' ? 'yes' : state;
}

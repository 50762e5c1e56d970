import type { Invariant, NodeView } from '../../engine/index.js';
import { atomicCommitment, type CommitmentState } from '../parts/atomic-commitment.js';
import type { LogRecord, Transaction, TwoPhaseCommit } from './shape.js';

export const invariants: readonly Invariant<TwoPhaseCommit>[] = atomicCommitment<TwoPhaseCommit>({
  records: (node) => records(node).map(([txn, { state }]): [string, CommitmentState] => [txn, stateOf(state)]),
  hasRestarted: ({ volatile }) => volatile.restarted,
  patience: ({ options }) => options,
});

/** What a node's newest records say. */
function records({ durable, volatile }: NodeView<TwoPhaseCommit>): [Transaction, Readonly<LogRecord>][] {
  const forced = [...durable.log].filter(([txn]) => !volatile.unforced.has(txn));
  return [...forced, ...volatile.unforced];
}

/** A coordinator votes before it writes its start record. */
function stateOf(state: LogRecord['state']): CommitmentState {
  return state === 'start' ? 'yes' : state;
}

import type { NodeId, RequestRef } from '../../engine/index.js';
import type { Decision } from '../parts/atomic-commitment.js';

export type { Decision } from '../parts/atomic-commitment.js';

/** A transaction is named after the request that began it. */
export type Transaction = RequestRef<TwoPhaseCommit, 'begin'>;

/**
 * The last record about a transaction in the distributed transaction (DT) log. `start`: its coordinator is collecting
 * votes; `yes`: this participant has voted Yes and is uncertain.
 */
export interface LogRecord {
  state: 'start' | 'yes' | Decision;
  coordinator: NodeId;
}

export interface TwoPhaseCommit {
  options: {
    /** What a coordinator that knows nothing of a transaction says of it. It decides which records and acknowledgements can be saved. */
    presume: 'nothing' | Decision;
    /** Do uncertain participants ask one another, or the coordinator alone? */
    cooperative: boolean;
    /** Probability that a participant votes Yes, where the request does not say who votes No. */
    yesProbability: number;
    /** For how long one waits for votes, a decision or an acknowledgement. */
    timeoutMs: number;
    /** For AC5 alone: from when on nothing fails in this scenario any more. Null where it does not say. */
    repairedAfterMs: number | null;
  };
  durable: {
    /** Records that were forced. */
    log: Map<Transaction, LogRecord>;
  };
  volatile: {
    /** Newer records that were not forced: a crash loses them, the worst that can become of a lazy write. */
    unforced: Map<Transaction, LogRecord>;
    /** At the coordinator: whose vote is missing, after the decision whose acknowledgement. */
    awaited: Map<Transaction, NodeId[]>;
    /** At an uncertain participant: how many times it has asked. Blocked from the second time on. */
    asked: Map<Transaction, number>;
    /** At a participant that has asked the others and knows the decision now: to whom a question may still be on its way. */
    unflushed: Map<Transaction, NodeId[]>;
    /** Has this node ever been down? For AC4, which speaks of runs without failures only. */
    restarted: boolean;
  };
  messages: {
    /** `no`: who is to vote No, null where everybody votes by chance. */
    VoteReq: { txn: Transaction; no: NodeId[] | null };
    Yes: { txn: Transaction };
    No: { txn: Transaction };
    Commit: { txn: Transaction };
    Abort: { txn: Transaction };
    Ack: { txn: Transaction };
    DecisionReq: { txn: Transaction; coordinator: NodeId };
    /** Everybody has acknowledged, so nobody will ask: only with cooperative termination. */
    Forget: { txn: Transaction };
    /** Pushes earlier questions through; only with cooperative termination, and only by those who have asked. */
    Flush: { txn: Transaction };
    Flushed: { txn: Transaction };
  };
  timers: { timeout: { txn: Transaction } };
  requests: {
    /** Begins a transaction; whoever is asked coordinates it. `no`: who votes No; without it, votes fall by chance. */
    begin: { args: { no?: NodeId[] }; result: Decision };
    /** What this node knows of a transaction. */
    outcome: { args: { txn: Transaction }; result: Decision | 'undecided' | 'unknown' };
  };
  bugs:
    'forgets-decision' | 'presumes-abort-after-yes' | 'forgets-before-acknowledged' | 'acknowledges-with-question-open';
}

import type { NodeId, RequestRef } from '../../engine/index.js';
import type { Decision } from '../parts/atomic-commitment.js';

/** A transaction is named after the request that began it. */
export type Transaction = RequestRef<ThreePhaseCommit, 'begin'>;

/** The book's states: `yes` (and the coordinator's `start`) is uncertain, `pre-commit` committable. */
export type State = 'start' | 'yes' | 'pre-commit' | Decision;

export interface LogRecord {
  state: State;
  /** Who collects acknowledgements of the decision, and says when it may be forgotten. */
  decider: NodeId | null;
}

/** A transaction that this node has not decided. */
export interface Live {
  /** Whom this node takes orders from. */
  coordinator: NodeId;
  /** UP: who is taken to be operational. */
  up: NodeId[];
  /** As a coordinator: what it is waiting for. `follow`: for the coordinator's next order. `recover`: to be told. */
  phase: 'votes' | 'acks' | 'states' | 'follow' | 'recover';
  /** Who has not answered yet. */
  awaited: NodeId[];
  /** What others have said of their states. */
  states: Map<NodeId, State>;
}

export interface ThreePhaseCommit {
  options: {
    /** Probability that a participant votes Yes, where the request does not say who votes No. */
    yesProbability: number;
    /**
     * The failure detector: who has not answered a coordinator after so long has failed; a coordinator has after twice as
     * long. The model makes that true: more than twice the longest latency.
     */
    timeoutMs: number;
    /** For AC5 alone: from when on nothing fails in this scenario any more. Null where it does not say. */
    repairedAfterMs: number | null;
  };
  durable: { log: Map<Transaction, LogRecord> };
  volatile: {
    live: Map<Transaction, Live>;
    /** At a decider: who has not acknowledged. */
    unacknowledged: Map<Transaction, NodeId[]>;
    restarted: boolean;
  };
  messages: {
    VoteReq: { txn: Transaction; no: NodeId[] | null };
    Yes: { txn: Transaction };
    No: { txn: Transaction };
    PreCommit: { txn: Transaction };
    Ack: { txn: Transaction };
    Commit: { txn: Transaction };
    Abort: { txn: Transaction };
    /** You are the coordinator now. */
    UrElected: { txn: Transaction };
    StateReq: { txn: Transaction };
    State: { txn: Transaction; state: State };
    /** From one that has recovered, and does not know. */
    DecisionReq: { txn: Transaction };
    /** The answer of one that does not know either, since it has recovered itself. */
    Recovering: { txn: Transaction; state: State };
    /** The decision has arrived; only for forgetting it. */
    Done: { txn: Transaction };
    /** All have decided. */
    Forget: { txn: Transaction };
  };
  timers: { timeout: { txn: Transaction }; forget: { txn: Transaction } };
  requests: {
    /** Begins a transaction; whoever is asked coordinates it. `no`: who votes No; without it, votes fall by chance. */
    begin: { args: { no?: NodeId[] }; result: Decision };
  };
  bugs: 'skips-pre-commit' | 'commits-over-uncertain' | 'aborts-on-recovery';
}

import type { Micros, Node, NodeId, RequestRef } from '../../engine/index.js';
import type { Ballot } from '../parts/ballot.js';

/** What is to be chosen. */
export type Value = string | number;

/** A value that an acceptor has accepted, and in which ballot. */
export interface Vote {
  readonly bal: Ballot;
  readonly val: Value;
}

export interface PaxosOptions {
  /** How long a proposer waits, from the begin of a ballot, until it begins the next. */
  timeoutMs: number;
  /**
   * What is done about proposers that overtake one another for ever. `none`: nothing, everybody tries again after
   * `timeoutMs`. `back-off`: after a time drawn by chance, longer with each attempt. `distinguished`: only the first node
   * (by name) that is heard proposes.
   */
  cure: 'none' | 'back-off' | 'distinguished';
  /** With `cure: distinguished`: how often everybody makes itself heard; who is silent for three times as long is given up. */
  heartbeatMs: number;
  /** Whom acceptors tell of their votes: every learner, or the proposer alone, who then tells the others (section 2.3). */
  learners: 'all' | 'distinguished';
}

/** What an acceptor must not forget. One field, as a crash may tear apart what is not: a vote implies a promise. */
export interface AcceptorState {
  /** The highest ballot that it has answered: it takes part in none below. */
  maxBal: Ballot | null;
  /** The highest ballot in which it has voted, and for what. */
  maxVBal: Ballot | null;
  maxVal: Value | null;
}

export interface PaxosDurable {
  /** The highest number that this node has ever begun a ballot with. */
  lastTried: number;
  acceptor: AcceptorState;
  /** What this node has learned to be chosen. */
  outcome: Value | null;
}

/** An answer to Phase 1a. */
export interface Promise1b {
  from: NodeId;
  maxVBal: Ballot | null;
  maxVal: Value | null;
}

export interface PaxosVolatile {
  /** What this node proposes where it is free to: the first value that a client gave it. */
  proposal: Value | null;
  /** The ballot that it leads, and how far it is. `abandoned`: another one has a higher. */
  ballot: Ballot | null;
  phase: 'idle' | 'phase 1' | 'phase 2' | 'abandoned';
  promises: Promise1b[];
  /** The highest number that it was refused for. */
  highestSeen: number;
  /** How many ballots it has begun since it started. */
  attempts: number;
  /** As learner: the latest vote of each acceptor that it was told of. */
  votes: Map<NodeId, Vote>;
  waiting: RequestRef<Paxos, 'propose'>[];
  /** How many Phase 1a it has answered since it started. */
  promised: number;
  /** When each peer was last heard, on this node's monotonic clock. Only with `cure: distinguished`. */
  heardAt: Map<NodeId, Micros>;
}

export type PaxosBug =
  | 'adopts-last-promise'
  | 'forgets-promise'
  | 'keeps-own-value'
  | 'accepts-below-promise'
  | 'counts-promises-not-promisers'
  | 'reuses-ballot';

export interface Paxos {
  options: PaxosOptions;
  durable: PaxosDurable;
  volatile: PaxosVolatile;
  messages: {
    /** Prepare. */
    Phase1a: { bal: Ballot };
    /** Promise, with the vote that the acceptor has cast in the highest ballot below. */
    Phase1b: { bal: Ballot; maxVBal: Ballot | null; maxVal: Value | null };
    /** Accept. */
    Phase2a: { bal: Ballot; val: Value };
    /** Accepted. */
    Phase2b: { bal: Ballot; val: Value };
    /** `bal` comes too late: the acceptor has promised `maxBal`. */
    Nack: { bal: Ballot; maxBal: Ballot };
    Learned: { val: Value };
    /** Only with `cure: distinguished`: to have this proposed by the one who should; and a sign of life. */
    Forward: { val: Value };
    Alive: object;
  };
  timers: { retry: void; alive: void };
  requests: {
    /** Have this value chosen, or learn which one is. */
    propose: { args: { value: Value }; result: Value };
  };
  bugs: PaxosBug;
}

export type PaxosNode = Node<Paxos>;

export function majority(node: { readonly members: readonly NodeId[] }): number {
  return Math.floor(node.members.length / 2) + 1;
}

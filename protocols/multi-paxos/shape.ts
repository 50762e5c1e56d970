import type { Micros, Node, NodeId, RequestRef, Session } from '../../engine/index.js';
import type { Ballot } from '../parts/ballot.js';
import type { ElectionTimerState } from '../parts/election-timer.js';
import type { KeyValueCommand, KeyValueMachine, KeyValueRequests } from '../parts/key-value.js';

/** What is proposed for a slot. The request that it came with tells two equal commands apart. */
export interface Entry {
  readonly command: KeyValueCommand | { readonly op: 'noop' };
  readonly session: Session | null;
  readonly ref: string | null;
}

/** The latest vote of an acceptor for a slot. */
export interface Vote {
  readonly slot: number;
  readonly bal: Ballot;
  readonly entry: Entry;
}

/** Takes the place of all slots up to and including `slot`, all of which are chosen and executed. */
export interface Snapshot {
  slot: number;
  machine: KeyValueMachine;
}

/** A slot that the leader has asked votes for, until it is chosen. */
export interface Proposal {
  entry: Entry;
  voters: NodeId[];
  /** On the leader's monotonic clock. */
  sentAt: Micros;
}

export type MultiPaxosRole = 'follower' | 'candidate' | 'leader';

export interface MultiPaxosOptions {
  /** Who hears no leader for a time drawn from [min, max] milliseconds begins a ballot. */
  electionTimeoutMsMin: number;
  electionTimeoutMsMax: number;
  /** How often a leader makes itself heard; and after how long it asks again for votes that are missing. */
  heartbeatMs: number;
  /** How many promises make a leader, and how many votes choose a command. Null: a majority. Every q1 must meet every q2. */
  q1: number | null;
  q2: number | null;
  /** A leader that does not hear from q2 nodes for the longest election time-out steps down. */
  checkQuorum: boolean;
  /** Slots executed before a snapshot takes their place. */
  snapshotAfter: number;
  /** Slots told at once to a learner that lags behind. */
  slotsPerLearnMax: number;
  /** Slots beyond the last executed one for which a leader may ask votes. */
  windowMax: number;
  /** Clients whose last result is remembered. */
  sessionsMax: number;
}

/**
 * The fields may be torn apart by a crash: a vote without its promise is repaired at the restart, and what a snapshot covers
 * is cut in a later step than the one that writes it.
 */
export interface MultiPaxosDurable {
  /** For all slots at once: the highest ballot that this acceptor has promised or voted in. */
  maxBal: Ballot | null;
  votes: Map<number, Vote>;
  snapshot: Snapshot | null;
}

export interface MultiPaxosVolatile extends ElectionTimerState {
  role: MultiPaxosRole;
  /** As candidate or leader. */
  ballot: Ballot | null;
  /** The highest ballot whose leader was heard: whom to send clients to. */
  following: Ballot | null;

  /** As candidate: who has promised, and the highest vote that they told of for each slot. */
  promises: NodeId[];
  reported: Map<number, Vote>;

  /** As leader. */
  nextSlot: number;
  proposals: Map<number, Proposal>;
  heardAt: Map<NodeId, Micros>;

  /** As learner: what is known to be chosen, from some slots behind `executed` on, perhaps with gaps after it. */
  chosen: Map<number, Entry>;
  /** All up to here is executed. */
  executed: number;
  machine: KeyValueMachine;
  /** Clients, by the slot that their command was proposed for. Kept after losing leadership: it may yet be chosen. */
  waiting: Map<number, RequestRef<MultiPaxos>>;

  /** How many Phase 1a were answered with a promise since the start. */
  promised: number;
  /** The slot of the latest vote. */
  lastVoted: number;
}

export type MultiPaxosBug =
  | 'accepts-unsafe-quorums'
  | 'adopts-last-promise'
  | 'forgets-promise'
  | 'ignores-promised-votes'
  | 'learns-any-vote'
  | 'counts-votes-not-voters'
  | 'omits-snapshot'
  | 'reads-local';

export interface MultiPaxos {
  options: MultiPaxosOptions;
  durable: MultiPaxosDurable;
  volatile: MultiPaxosVolatile;
  messages: {
    /** For all slots from this one on. */
    Phase1a: { bal: Ballot; from: number };
    /** Of what lies below the acceptor's snapshot, the snapshot tells. */
    Phase1b: { bal: Ballot; votes: Vote[]; snapshot: Snapshot | null };
    /** `executed`: all up to there is chosen. */
    Phase2a: { bal: Ballot; slot: number; entry: Entry; executed: number };
    Phase2b: { bal: Ballot; slot: number };
    /** `bal` comes too late: the acceptor has promised `maxBal`. */
    Nack: { bal: Ballot; maxBal: Ballot };
    Heartbeat: { bal: Ballot; executed: number };
    HeartbeatReply: { bal: Ballot; executed: number };
    /** These were chosen for the slots from `from` on. */
    Learn: { from: number; entries: Entry[] };
    InstallSnapshot: { snapshot: Snapshot };
  };
  timers: { election: void; heartbeat: void };
  requests: KeyValueRequests;
  bugs: MultiPaxosBug;
}

export type MultiPaxosNode = Node<MultiPaxos>;

export const NOOP: Entry = { command: { op: 'noop' }, session: null, ref: null };

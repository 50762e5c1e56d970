import type { Micros, Node, NodeId, RequestRef, Session } from '../../engine/index.js';
import type { Ballot } from '../parts/ballot.js';
import type { ElectionTimerState } from '../parts/election-timer.js';
import type { KeyValueCommand, KeyValueMachine, KeyValueRequests } from '../parts/key-value.js';

/** A command of the administrator: who votes on slots, from α slots later on. */
export interface Reconfiguration {
  readonly op: 'reconfigure';
  readonly configuration: readonly NodeId[];
}

/** Who votes on the slots from `from` on, until another configuration begins. */
export interface PlacedConfiguration {
  readonly from: number;
  readonly members: readonly NodeId[];
}

/** What is proposed for a slot. The request that it came with tells two equal commands apart. */
export interface Entry {
  readonly command: KeyValueCommand | Reconfiguration | { readonly op: 'noop' };
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
  /** As in the volatile state. */
  configurations: readonly PlacedConfiguration[];
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
  /**
   * The configuration of slot i is what the state after slot i − α says. So a leader asks votes for α slots at most beyond
   * the last executed one, and a reconfiguration takes effect α slots later.
   */
  alpha: number;
  /** Who votes on the first slots. Null: all nodes. */
  configuration: readonly string[] | null;
  /** Clients whose last result is remembered. */
  sessionsMax: number;
  /** Marks `broadcast` and `delivered` for every command of a client, so that properties of traces can judge their order. */
  marksDeliveries: boolean;
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
  /** The slot from which on a configuration is in force that gets on without this node, as it was told; or 0. */
  retired: number;
}

export interface MultiPaxosVolatile extends ElectionTimerState {
  role: MultiPaxosRole;
  /** As candidate or leader. */
  ballot: Ballot | null;
  /** The highest ballot whose leader was heard: whom to send clients to. */
  following: Ballot | null;

  /** As candidate or leader: who has promised, and the highest vote that they told of for each slot not yet proposed. */
  promises: NodeId[];
  reported: Map<number, Vote>;

  /** As leader. */
  nextSlot: number;
  proposals: Map<number, Proposal>;
  heardAt: Map<NodeId, Micros>;
  executedBy: Map<NodeId, number>;

  /** As learner: what is known to be chosen, from some slots behind `executed` on, perhaps with gaps after it. */
  chosen: Map<number, Entry>;
  /** All up to here is executed. */
  executed: number;
  machine: KeyValueMachine;
  /**
   * By `from`: the one that is in force for slot `executed` + 1, the one before it, and one that is to come. Never changed in
   * place.
   */
  configurations: readonly PlacedConfiguration[];
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
  | 'omits-configuration'
  | 'reconfigures-at-once'
  | 'leaves-window'
  | 'skips-new-promises'
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
    /** `settled`: from this slot on, a configuration is in force that no longer needs those before it; or 0. */
    Heartbeat: { bal: Ballot; executed: number; settled: number };
    HeartbeatReply: { bal: Ballot; executed: number };
    /** These were chosen for the slots from `from` on. */
    Learn: { from: number; entries: Entry[] };
    InstallSnapshot: { snapshot: Snapshot };
  };
  timers: { election: void; heartbeat: void };
  requests: KeyValueRequests & {
    /** By the administrator. Answered when it is chosen: it takes effect α slots later. */
    reconfigure: { args: { configuration: readonly string[] }; result: null };
  };
  bugs: MultiPaxosBug;
}

export type MultiPaxosNode = Node<MultiPaxos>;

export const NOOP: Entry = { command: { op: 'noop' }, session: null, ref: null };

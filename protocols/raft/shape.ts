import type { Micros, Node, NodeId, RequestRef, Session } from '../../engine/index.js';
import type { ElectionTimerState } from '../parts/election-timer.js';
import type { KeyValueCommand, KeyValueMachine, KeyValueRequests } from '../parts/key-value.js';
import type { RaftBug } from './bugs.js';

/** One place in the log. It names its index, so that a log of which only a part reached the disk cannot pass for whole. */
export interface Entry {
  readonly index: number;
  readonly term: number;
  readonly command: KeyValueCommand | { readonly op: 'noop' } | ConfigurationCommand;
  readonly session: Session | null;
}

/** Who counts (thesis, chapter 4; paper, section 6). */
export interface Configuration {
  readonly voters: readonly NodeId[];
  /** While joint (C_old,new), the voters that were, of whom a majority must agree as well. Null otherwise. */
  readonly oldVoters: readonly NodeId[] | null;
  /** Non-voting members (thesis, 4.2.1): they are sent the log, and count in no majority. */
  readonly learners: readonly NodeId[];
}

export interface PlacedConfiguration {
  /** Of its entry; 0 for the first. */
  readonly index: number;
  readonly configuration: Configuration;
}

export interface ConfigurationCommand {
  readonly op: 'configuration';
  readonly configuration: Configuration;
}

/** Replaces the log up to and including `lastIncludedIndex` (section 7). */
export interface Snapshot {
  lastIncludedIndex: number;
  lastIncludedTerm: number;
  /** What was in force at `lastIncludedIndex`. */
  configuration: PlacedConfiguration;
  machine: KeyValueMachine;
}

/** Entries from `first` to `last`, or a snapshot of all up to `last`, on their way to a follower. */
export interface Flight {
  readonly first: number;
  readonly last: number;
  readonly sentAt: Micros;
}

/** What a leader knows of one follower. Times are on the leader's own monotonic clock. */
export interface Progress {
  /** The next entry to send it, on the assumption that all that was sent arrives (thesis, 10.2.1). */
  nextIndex: number;
  /** Up to here its log is known to equal the leader's. */
  matchIndex: number;
  /** What was sent and not yet acknowledged, in order. */
  inFlight: Flight[];
  /** The latest round that it has answered in this term. */
  round: number;
  /** When the latest message that it has answered was sent: where the lease begins. */
  answeredAt: Micros;
  /** When it was last heard. */
  heardAt: Micros;
  /** When it was last sent something: an idle period begins there. */
  sentAt: Micros;
}

/** A read on its way to becoming linearizable. */
export interface PendingRead {
  readonly ref: RequestRef<Raft, 'read'>;
  readonly key: string;
  /** Must be applied before the read is served. */
  readonly readIndex: number;
  /** Must be answered by a majority before the read is served. */
  readonly round: number;
}

/** A client that waits for the entry of this term at the index under which it is filed. */
export interface PendingUpdate {
  ref: RequestRef<Raft, 'write' | 'cas' | 'append'> | MembershipRequest;
  term: number;
}

export type MembershipRequest = RequestRef<Raft, 'addServer' | 'addLearner' | 'removeServer' | 'changeMembers'>;

/** How far a server is that is to have a vote (thesis, 4.2.1). */
export interface CatchUp {
  round: number;
  /** Where the leader's log ended when the round began. */
  upTo: number;
  beganAt: Micros;
  caughtUp: boolean;
}

/** A change of membership that this leader has in hand. */
export interface PendingChange {
  ref: MembershipRequest;
  /** The voters and learners that are wanted. */
  voters: NodeId[];
  learners: NodeId[];
  joint: boolean;
  /** Those among the voters that have no vote yet. */
  catchingUp: Record<NodeId, CatchUp>;
  /** `joint`: C_old,new is in the log, C_new is not. */
  stage: 'catching-up' | 'joint';
}

export interface PendingTransfer {
  ref: RequestRef<Raft, 'transferLeadership'>;
  to: NodeId;
  beganAt: Micros;
  /** Was TimeoutNow sent? */
  told: boolean;
}

export type RaftRole = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** `readIndex` and `lease` are linearizable, the latter while clocks keep `leaseDriftMax`; `local` is not. */
export type ReadMode = 'readIndex' | 'lease' | 'local';

export interface RaftOptions {
  /** Election time-outs are drawn evenly from [min, max] milliseconds on the node's own clock. */
  electionTimeoutMsMin: number;
  electionTimeoutMsMax: number;
  /** How often a leader makes itself heard; and after how long it sends again what nobody acknowledged. */
  heartbeatMs: number;
  /** Ask whether one could win before raising the term (thesis, 9.6). */
  preVote: boolean;
  /** A leader that hears no majority for an election time-out steps down, and votes are refused while a leader is heard (thesis, 6.2 and 4.2.3). */
  checkQuorum: boolean;
  readMode: ReadMode;
  /** Every node's clock runs at a rate between 1 − this and 1 + this: what `readMode: lease` trusts. */
  leaseDriftMax: number;
  /** Entries that are applied before a snapshot takes their place. */
  snapshotAfter: number;
  /** Entries in one AppendEntries. */
  entriesPerAppendMax: number;
  /** AppendEntries with entries that may be on their way to one follower, once its log is known to agree (thesis, 10.2.1). */
  pipelineMax: number;
  /** How long a leader gathers commands before it sends them, in milliseconds; 0: not at all (thesis, 10.2.1). */
  batchMs: number;
  /** Uncommitted entries, and waiting reads, above which a leader refuses more. */
  pendingMax: number;
  /** Clients whose last result is remembered. */
  sessionsMax: number;
  /** Who votes at first, by name; empty: all nodes. The others wait to be added. */
  voters: readonly string[];
  /** Rounds in which a new server must catch up (thesis, 4.2.1). */
  catchUpRoundsMax: number;
}

/** A vote names its term, so that it cannot count in another one where a crash tore the two fields apart. */
export interface Vote {
  readonly term: number;
  readonly candidate: NodeId;
}

export interface RaftDurable {
  currentTerm: number;
  /** The latest vote. It binds in its own term only: `votedInThisTerm`. */
  votedFor: Vote | null;
  /** Entries in a row. The first follows the snapshot, or is yet to be cut because the snapshot covers it: `cutLog`. */
  log: Entry[];
  snapshot: Snapshot | null;
}

export interface RaftVolatile extends ElectionTimerState {
  role: RaftRole;
  /** Whom to send clients to. */
  leader: NodeId | null;
  /** The latest in the log or the snapshot, and before it those that it may yet fall back to; rising by index. */
  configurations: PlacedConfiguration[];
  /** All servers of the latest configuration but this one, and as leader those that catch up. */
  others: NodeId[];
  commitIndex: number;
  lastApplied: number;
  machine: KeyValueMachine;

  /** When a leader was last heard; outlives the term, as the promise not to vote does. */
  leaderHeardAt: Micros | null;
  /** As a candidate: who granted a vote; as a pre-candidate: who would. */
  votes: NodeId[];

  /** As leader: the followers. */
  progress: Record<NodeId, Progress>;
  /** As leader: the index of the no-op with which its term began. */
  termStartIndex: number;
  /** As leader: how often it has asked all whether it still leads, for the sake of reads. */
  round: number;
  /** As leader, in the order of arrival. */
  reads: PendingRead[];
  /** As leader. */
  change: PendingChange | null;
  /** Kept after stepping down, until the next leader is known. */
  transfer: PendingTransfer | null;
  /** As leader: is the batch timer running? */
  gathering: boolean;
  /** As leader: somebody was told to depose it in this term, so its lease is worth nothing. */
  leaseGivenUp: boolean;
  /** By index. Kept after losing leadership: the entry may yet commit. */
  updates: Map<number, PendingUpdate>;
  /** Only for the planted bug `credits-wrong-follower`. */
  lastSentTo?: NodeId;
}

export interface Raft {
  options: RaftOptions;
  durable: RaftDurable;
  volatile: RaftVolatile;
  messages: {
    /** `mayDepose`: the leader itself asked for this election, so whoever hears it may vote all the same (thesis, 4.2.3). */
    RequestVote: { term: number; lastLogIndex: number; lastLogTerm: number; mayDepose?: boolean };
    RequestVoteReply: { term: number; voteGranted: boolean };
    /** `term` is the one that the sender would campaign in. */
    PreVote: { term: number; lastLogIndex: number; lastLogTerm: number };
    PreVoteReply: { term: number; voteGranted: boolean };
    AppendEntries: {
      term: number;
      prevLogIndex: number;
      prevLogTerm: number;
      /** Empty in a heartbeat. */
      entries: readonly Entry[];
      leaderCommit: number;
      /** Echoed: which round of heartbeats this belongs to, and the leader's clock when it was sent. */
      round: number;
      sentAt: Micros;
    };
    AppendEntriesReply: {
      term: number;
      success: boolean;
      /** On success: the last index that this message proved equal. */
      matchIndex: number;
      /** On refusal: the first index that is worth trying, and the term that stands in its place (null: the log is too short). */
      conflictIndex: number;
      conflictTerm: number | null;
      round: number;
      sentAt: Micros;
    };
    InstallSnapshot: { term: number; snapshot: Snapshot; round: number; sentAt: Micros };
    /** Stand for election at once (thesis, 3.10). */
    TimeoutNow: { term: number };
    InstallSnapshotReply: { term: number; lastIncludedIndex: number; round: number; sentAt: Micros };
  };
  timers: { election: void; heartbeat: void; batch: void };
  requests: KeyValueRequests & {
    /** One voter more, perhaps one who was a learner, or one server less (thesis, 4.1). Answered when the new configuration is committed. */
    addServer: { args: { server: string }; result: null };
    /** One learner more, who stays one until it is added or removed. */
    addLearner: { args: { server: string }; result: null };
    removeServer: { args: { server: string }; result: null };
    /** Just these servers from now on, by joint consensus (paper, section 6). */
    changeMembers: { args: { voters: readonly string[] }; result: null };
    /** True: that server leads now. False: it did not come to that. */
    transferLeadership: { args: { to: string }; result: boolean };
  };
  bugs: RaftBug;
}

export type RaftNode = Node<Raft>;

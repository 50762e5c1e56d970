import {
  defineProtocol,
  ms,
  type Micros,
  type Node,
  type NodeId,
  type RequestRef,
  type Session,
} from '../../engine/index.js';
import { armElectionTimer, type ElectionTimerState } from '../parts/election-timer.js';
import {
  copyKeyValueMachine,
  emptyKeyValueMachine,
  type KeyValueCommand,
  type KeyValueMachine,
  type KeyValueRequests,
} from '../parts/key-value.js';
import { raftBugs, type RaftBug } from './bugs.js';
import { onRead, onUpdate } from './client.js';
import { onElectionTimer, onPreVote, onPreVoteReply, onRequestVote, onRequestVoteReply } from './election.js';
import { raftInvariants } from './invariants.js';
import { repairDurable } from './log.js';
import { onAppendEntries, onAppendEntriesReply, onHeartbeatTimer } from './replication.js';
import { onInstallSnapshot, onInstallSnapshotReply } from './snapshot.js';

/** One place in the log. It names its index, so that a log of which only a part reached the disk cannot pass for whole. */
export interface Entry {
  readonly index: number;
  readonly term: number;
  readonly command: KeyValueCommand | { readonly op: 'noop' };
  readonly session: Session | null;
}

/** Replaces the log up to and including `lastIncludedIndex` (section 7). */
export interface Snapshot {
  lastIncludedIndex: number;
  lastIncludedTerm: number;
  machine: KeyValueMachine;
}

/** What a leader knows of one follower. Times are on the leader's own monotonic clock. */
export interface Progress {
  /** The next entry to send it. */
  nextIndex: number;
  /** Up to here its log is known to equal the leader's. */
  matchIndex: number;
  /** When the entries (or the snapshot) that it has not yet acknowledged were sent. Null: nothing is under way. */
  sentAt: Micros | null;
  /** The last index among those. */
  sentIndex: number;
  /** The latest round that it has answered in this term. */
  round: number;
  /** When the latest message that it has answered was sent: where the lease begins. */
  answeredAt: Micros;
  /** When it was last heard. */
  heardAt: Micros;
}

/** A read on its way to becoming linearizable. */
export interface PendingRead {
  ref: RequestRef<Raft, 'read'>;
  key: string;
  /** Must be applied before the read is served. */
  readIndex: number;
  /** Must be answered by a majority before the read is served. */
  round: number;
}

/** A client that waits for the entry of this term at the index under which it is filed. */
export interface PendingUpdate {
  ref: RequestRef<Raft, 'write' | 'cas' | 'append'>;
  term: number;
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
  /** Uncommitted entries, and waiting reads, above which a leader refuses more. */
  pendingMax: number;
  /** Clients whose last result is remembered. */
  sessionsMax: number;
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
  /** As leader: the number of the latest round of heartbeats. */
  round: number;
  /** As leader, in the order of arrival. */
  reads: PendingRead[];
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
    RequestVote: { term: number; lastLogIndex: number; lastLogTerm: number };
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
    InstallSnapshotReply: { term: number; lastIncludedIndex: number; round: number; sentAt: Micros };
  };
  timers: { election: void; heartbeat: void };
  requests: KeyValueRequests;
  bugs: RaftBug;
}

export type RaftNode = Node<Raft>;

export const raft = defineProtocol<Raft>({
  name: 'raft',
  source:
    'Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm (extended version), 2014; Ongaro, Consensus: Bridging Theory and Practice, 2014',
  summary:
    'A replicated log with a strong leader: elections, replication, snapshots, client sessions and linearizable reads.',
  options: {
    electionTimeoutMsMin: 150,
    electionTimeoutMsMax: 300,
    heartbeatMs: 75,
    preVote: false,
    checkQuorum: false,
    readMode: 'readIndex',
    leaseDriftMax: 0.01,
    snapshotAfter: 200,
    entriesPerAppendMax: 64,
    pendingMax: 1_000,
    sessionsMax: 1_000,
  },
  durable: () => ({ currentTerm: 0, votedFor: null, log: [], snapshot: null }),
  volatile: () => ({
    role: 'follower',
    leader: null,
    commitIndex: 0,
    lastApplied: 0,
    machine: emptyKeyValueMachine(),
    timerResetAt: 0,
    electionTimeout: 0,
    leaderHeardAt: null,
    votes: [],
    progress: {},
    termStartIndex: 0,
    round: 0,
    reads: [],
    updates: new Map(),
  }),
  onStart(node, start) {
    const { durable, volatile } = node;
    if (start.reason !== 'first' && !repairDurable(node, start.damage)) return;
    if (node.bug('forgets-vote')) durable.votedFor = null;
    if (durable.snapshot !== null) {
      volatile.machine = copyKeyValueMachine(durable.snapshot.machine);
      volatile.commitIndex = durable.snapshot.lastIncludedIndex;
      volatile.lastApplied = durable.snapshot.lastIncludedIndex;
    }
    // Before the restart this node may have promised a leader its lease: it keeps silent for as long as that could last.
    if (start.reason !== 'first' && node.options.readMode === 'lease') volatile.leaderHeardAt = node.monotonic();
    armElectionTimer(node);
  },
  onMessage: {
    RequestVote: onRequestVote,
    RequestVoteReply: onRequestVoteReply,
    PreVote: onPreVote,
    PreVoteReply: onPreVoteReply,
    AppendEntries: onAppendEntries,
    AppendEntriesReply: onAppendEntriesReply,
    InstallSnapshot: onInstallSnapshot,
    InstallSnapshotReply: onInstallSnapshotReply,
  },
  onTimer: {
    election: onElectionTimer,
    heartbeat: onHeartbeatTimer,
  },
  onRequest: {
    read: onRead,
    write: (node, { ref, args, session }) =>
      onUpdate(node, ref, { op: 'write', key: args.key, value: args.value }, session),
    cas: (node, { ref, args, session }) =>
      onUpdate(node, ref, { op: 'cas', key: args.key, from: args.from, to: args.to }, session),
    append: (node, { ref, args, session }) =>
      onUpdate(node, ref, { op: 'append', key: args.key, value: args.value }, session),
  },
  role: (node) => ({ name: node.volatile.role, term: node.durable.currentTerm }),
  invariants: raftInvariants,
  bugs: raftBugs,
});

export function heartbeatInterval(node: RaftNode): Micros {
  return ms(node.options.heartbeatMs);
}

import type { DeepReadonly, Micros, Node, NodeId, RequestRef, Session } from '../../engine/index.js';
import type { ElectionTimerState } from '../parts/election-timer.js';
import type { KeyValueCommand, KeyValueMachine, KeyValueRequests } from '../parts/key-value.js';

/** Section 7: the last request of an epoch. */
export interface Reconfiguration {
  readonly op: 'reconfigure';
  readonly configuration: readonly NodeId[];
}

/** A request at its place in the log. The reference that it came with tells two equal requests apart. */
export interface Entry {
  readonly opNumber: number;
  readonly command: KeyValueCommand | Reconfiguration;
  /** Client-id and request-number. */
  readonly session: Session | null;
  readonly ref: string;
}

/** Section 5.1: the application's state after this operation, with what the client-table knows of those executed by then. */
export interface Checkpoint {
  opNumber: number;
  machine: KeyValueMachine;
}

/** The log from some place on. */
export interface LogPart {
  /** The op-number before the first entry. */
  readonly after: number;
  readonly entries: readonly Entry[];
  /** The state up to `after`, for whoever may lack what comes before. */
  readonly checkpoint: DeepReadonly<Checkpoint> | null;
}

/** What a DOVIEWCHANGE says. */
export interface Report {
  /** v', the latest view in which the sender's status was normal. */
  readonly vNormal: number;
  readonly n: number;
  readonly k: number;
  readonly log: LogPart;
  readonly crashVector: ReadonlyMap<NodeId, number>;
}

/** What a RECOVERYRESPONSE says; the state comes from the primary of the view alone. */
export interface Response {
  readonly v: number;
  readonly state: {
    readonly log: LogPart;
    readonly n: number;
    readonly k: number;
    /** The op-number that the view began with. */
    readonly viewStart: number;
  } | null;
  readonly crashVector: ReadonlyMap<NodeId, number>;
}

/**
 * `waiting`: not of the configuration (yet). `transitioning`: the epoch has begun and this replica lacks what came before, or it
 * is replaced and helps the others. `shut-down`: replaced, and no longer needed.
 */
export type Status = 'normal' | 'view-change' | 'recovering' | 'waiting' | 'transitioning' | 'shut-down';

export interface ViewstampedReplicationOptions {
  /** A backup that hears no primary for a time drawn from [min, max] milliseconds starts a view change. */
  electionTimeoutMsMin: number;
  electionTimeoutMsMax: number;
  /** How often a primary sends COMMIT, and after how long anything unanswered is asked again. */
  heartbeatMs: number;
  /** Operations between two checkpoints. */
  checkpointAfter: number;
  /** Operations that may be prepared and not yet committed. */
  windowMax: number;
  /** Clients in the client-table. */
  sessionsMax: number;
  /** Michael et al.: replies from before a crash do not count after it. False: recovery as published. */
  crashVectors: boolean;
  /** True: state transfer as published, where the log is cut at the commit-number before the missing part is there. */
  truncatesEarly: boolean;
  /** Section 6.3.1: the primary answers reads by itself while it holds leases. */
  fastReads: boolean;
  /** For how long a backup that grants a lease takes part in no view change, on its own clock. */
  leaseMs: number;
  /** How far the rate of any clock may be off: 0.01 is one in a hundred. */
  leaseDriftMax: number;
  /** The replicas of epoch 0, in the order in which they become primary. Null: all nodes. */
  configuration: readonly string[] | null;
}

/** Everything: nothing of a replica survives a crash. */
export interface ViewstampedReplicationVolatile extends ElectionTimerState {
  status: Status;
  viewNumber: number;
  /** The latest view in which the status was normal. */
  lastNormalView: number;

  /** Entries after `logStart`, without gaps. The last one's op-number is the replica's. */
  log: Entry[];
  logStart: number;
  commitNumber: number;
  /** Sessions are the client-table, as far as requests are executed. */
  machine: KeyValueMachine;
  checkpoint: Checkpoint;
  /** The client-table's other part: the latest request of each client that is in the log and not yet executed. */
  underWay: Map<string, { readonly sequence: number; readonly opNumber: number }>;

  /** As primary: clients, by the op-number of their request. */
  waiting: Map<number, RequestRef<ViewstampedReplication>>;
  /** As primary: up to which operation each backup has prepared. */
  prepared: { readonly backup: NodeId; readonly n: number }[];
  /** As primary: the op-number when the view began, and at the last heartbeat. */
  viewStart: number;
  opNumberAtHeartbeat: number;
  /** As primary: when the heartbeat was sent that a backup has answered with a lease, on the primary's own clock. */
  leases: Map<NodeId, Micros>;

  /** As backup: entries that came before their predecessors. */
  early: Map<number, Entry>;
  /** The view in which something is missing here. */
  behind: number | null;
  /** How often state was asked for: each time another replica is asked. */
  asked: number;
  /** No part in a view change until then. */
  leaseUntil: Micros;

  startViewChanges: NodeId[];
  doViewChanges: Map<NodeId, Report>;
  /** Was the own DOVIEWCHANGE sent for this view? */
  didViewChange: boolean;

  /** How often each replica is known to have crashed. */
  crashVector: Map<NodeId, number>;
  nonce: string;
  /** As a recovering replica: whose crash vectors have come; null once this life has its number. */
  numbering: NodeId[] | null;
  recoveryResponses: Map<NodeId, Response>;
  /** The op-number of the reconfiguration that leads to an epoch of which this replica may have been before it crashed. */
  recoverAfter: number | null;

  epochNumber: number;
  configuration: readonly NodeId[];
  oldConfiguration: readonly NodeId[];
  /** The op-number of the reconfiguration that the epoch began with, and the view of the old epoch whose log it is in. */
  epochStart: number;
  epochStartView: number;
  /** Who has said that it is up to date in this epoch. */
  epochStarted: NodeId[];
}

export type ViewstampedReplicationBug =
  | 'picks-log-by-op-number'
  | 'counts-messages-not-senders'
  | 'recovers-without-primary'
  | 'ignores-nonce'
  | 'answers-recovery-in-view-change'
  | 'forgets-client-table'
  | 'reads-local'
  | 'forgets-lease'
  | 'serves-after-reconfiguration'
  | 'forgets-next-epoch';

export interface ViewstampedReplication {
  options: ViewstampedReplicationOptions;
  volatile: ViewstampedReplicationVolatile;
  /** As in the paper: e is an epoch-number, v a view-number, n an op-number, k a commit-number, x a nonce. */
  messages: {
    Prepare: { e: number; v: number; m: Entry; n: number; k: number };
    PrepareOk: { e: number; v: number; n: number };
    Commit: { e: number; v: number; k: number; sentAt: Micros };
    /** Answers a COMMIT with a lease. */
    LeaseGranted: { e: number; v: number; sentAt: Micros };
    StartViewChange: { e: number; v: number };
    DoViewChange: { e: number; v: number } & Report;
    StartView: { e: number; v: number; log: LogPart; n: number; k: number };
    GetState: { e: number; v: number; n: number };
    NewState: { e: number; v: number; log: LogPart; n: number; k: number };
    /** The number of a new life is one more than f + 1 others know of. */
    CrashVectorRequest: { e: number; x: string };
    CrashVectorReply: { e: number; x: string; crashVector: Map<NodeId, number> };
    Recovery: { e: number; x: string; crashVector: Map<NodeId, number> };
    RecoveryResponse: { e: number; x: string } & Response;
    /** v is the view of the epoch before in which the reconfiguration, operation n, was committed. */
    StartEpoch: {
      e: number;
      v: number;
      n: number;
      oldConfiguration: readonly NodeId[];
      newConfiguration: readonly NodeId[];
    };
    EpochStarted: { e: number };
  };
  timers: { election: void; heartbeat: void; lease: void };
  requests: KeyValueRequests & {
    /** By the administrator: the next epoch is that of these replicas. */
    reconfigure: { args: { configuration: readonly string[] }; result: null };
  };
  bugs: ViewstampedReplicationBug;
}

export type Replica = Node<ViewstampedReplication>;

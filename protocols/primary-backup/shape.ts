import type { Micros, Node, NodeId, RequestRef, Session } from '../../engine/index.js';
import type { ElectionTimerState } from '../parts/election-timer.js';
import type { KeyValueCommand, KeyValueMachine, KeyValueRequests, KeyValueResult } from '../parts/key-value.js';

/** How many copies there are of a write before its client is answered: all, `acknowledgements` of them, or none. */
export type Mode = 'synchronous' | 'semi-synchronous' | 'asynchronous';

/**
 * What keeps an old primary from going on beside a new one. `none`: nothing. `epochs`: every primary has a higher number, which it
 * gives itself, and who has heard of a higher one refuses lower ones. `witnesses`: a majority of all nodes grants the number,
 * once to one node, and knows which backups are in sync.
 */
export type Fencing = 'none' | 'epochs' | 'witnesses';

export interface PrimaryBackupOptions {
  mode: Mode;
  /** Semi-synchronous: how many backups must hold a write. */
  acknowledgements: number;
  /** Asynchronous: how long a write waits before it is copied. */
  copyDelayMs: number;
  /** Automatic: who does not hear the primary for long enough takes over. Manual: the operator makes a node primary. */
  failover: 'automatic' | 'manual';
  fencing: Fencing;
  /** Who is primary at first; with manual failover, whom the operator has made primary. */
  primary: string;
  /** Nodes that vote and hold no data. All others are data nodes, and vote too. */
  witnesses: readonly string[];
  /** How often the primary makes itself heard. */
  heartbeatMs: number;
  /** Who hears no primary for a time drawn from [min, max] milliseconds takes it for crashed. */
  electionTimeoutMsMin: number;
  electionTimeoutMsMax: number;
  /** Reads are confirmed by whoever must hold writes; or the primary answers by itself; or every replica does. */
  readMode: 'confirmed' | 'local' | 'replica';
  /** Requests that may wait for copies at once; and updates that are kept for backups that lag behind. */
  windowMax: number;
  /** Updates sent again at once to a backup that lags behind. */
  updatesPerCopyMax: number;
  /** Clients whose last result is remembered. */
  sessionsMax: number;
}

/** One change of the state, the seq-th of all. */
export interface Update {
  readonly seq: number;
  readonly command: KeyValueCommand;
  readonly session: Session | null;
}

/** A state: all updates up to `seq`, under the primary of `epoch` or copied from it. One field on disk: it cannot tear apart. */
export interface Replica {
  epoch: number;
  seq: number;
  machine: KeyValueMachine;
}

export interface Position {
  readonly epoch: number;
  readonly seq: number;
}

/** Which data nodes hold all that was acknowledged. Later versions, and later epochs, take the place of earlier ones. */
export interface Configuration {
  readonly epoch: number;
  readonly version: number;
  readonly inSync: readonly NodeId[];
}

/** What a primary knows of a backup. */
export interface Progress {
  /** All updates up to here are held there. Null: the backup has no state of this epoch yet. */
  seq: number | null;
  /** The last round of questions that it has answered. */
  round: number;
  /** On the primary's monotonic clock. */
  heardAt: Micros;
}

/** A client that waits until the state up to `seq` is safe and, at a read, until `round` was answered. */
export interface Waiting {
  readonly ref: RequestRef<PrimaryBackup>;
  readonly isRead: boolean;
  readonly result: KeyValueResult;
  readonly seq: number;
  readonly round: number;
}

export interface PrimaryBackupDurable {
  /** The highest epoch that this node has heard of, and whom it has voted for there. */
  vote: { epoch: number; votedFor: NodeId | null };
  replica: Replica;
  /** What this node was last told to record. Null: how it all began. */
  configuration: Configuration | null;
}

export type PrimaryBackupRole = 'backup' | 'candidate' | 'primary' | 'witness';

export interface PrimaryBackupVolatile extends ElectionTimerState {
  role: PrimaryBackupRole;
  /** Whom to send clients to. */
  primary: NodeId | null;
  heardPrimaryAt: Micros | null;

  /** How many time-outs it still lets pass before it stands: who is not in sync cannot win, and only keeps others from it. */
  letsPass: number;

  /** As candidate: who has voted for it, and the latest configuration that they know. */
  grants: NodeId[];
  found: Configuration | null;

  /** As primary: the backups in sync, itself included, as recorded; and what is being recorded. */
  recorded: NodeId[];
  proposed: { configuration: Configuration; recorders: NodeId[] } | null;
  version: number;
  /** Backups that writes wait for already, and how far they must be before they are recorded. */
  joining: Map<NodeId, number>;
  progress: Map<NodeId, Progress>;
  /** The last updates, by number. */
  updates: Map<number, Update>;
  /** All up to here were sent once; and how far that was at the last heartbeat. */
  copied: number;
  copiedBefore: number;
  round: number;
  waiting: Waiting[];

  /** As backup: updates that came before an earlier one. */
  early: Map<number, Update>;

  /** For invariants: where this primary took over from, and the last update acknowledged to a client. */
  tookOverFrom: Position | null;
  acknowledged: Position | null;
}

export type PrimaryBackupBug =
  | 'acknowledges-before-copies'
  | 'applies-out-of-order'
  | 'ignores-epochs'
  | 'promotes-out-of-sync'
  | 'forgets-vote'
  | 'drops-before-recorded'
  | 'joins-before-caught-up'
  | 'reads-local';

export interface PrimaryBackup {
  options: PrimaryBackupOptions;
  durable: PrimaryBackupDurable;
  volatile: PrimaryBackupVolatile;
  messages: {
    /** From a primary to its backups. */
    Copy: { epoch: number; update: Update };
    /** The whole state, for who has none of this epoch or lags too far behind. */
    State: { epoch: number; seq: number; machine: KeyValueMachine };
    /** I am here, and you should have all up to `seq`. */
    Heartbeat: { epoch: number; seq: number; round: number };
    /** I hold all up to `seq`; null: I have no state of this epoch. */
    Acknowledge: { epoch: number; seq: number | null; round: number };

    /** From a candidate to all: vote for me. */
    Claim: { epoch: number; position: Position };
    Grant: { epoch: number; configuration: Configuration };
    /** From a primary, or a candidate that has its votes, to all. */
    Record: { configuration: Configuration };
    Recorded: { epoch: number; version: number };
    /** I have heard of this epoch, which is higher than yours. */
    Refuse: { epoch: number };
  };
  timers: { election: void; heartbeat: void; copy: void };
  requests: KeyValueRequests;
  bugs: PrimaryBackupBug;
}

export type PrimaryBackupNode = Node<PrimaryBackup>;

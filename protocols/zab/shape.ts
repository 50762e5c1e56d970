import type { DeepReadonly, Micros, Node, NodeId, Plain, RequestRef } from '../../engine/index.js';
import type { KeyValueMachine, KeyValueRequests } from '../parts/key-value.js';
import type { History, Txn } from './history.js';
import type { Zxid } from './zxid.js';

export interface ZabOptions {
  /** The unit of the two limits below; also how often a leader makes itself heard and counts who is with it. */
  tickMs: number;
  /** Ticks within which a leader must be established, and a follower synchronised with it. */
  initLimit: number;
  /** Ticks without a word after which an established leader, or a follower, is given up. */
  syncLimit: number;
  /** Once a quorum has voted for one node: how long to wait for a better vote. */
  finalizeWaitMs: number;
  /** How long a node that looks for a leader waits before it says its vote again: doubled each time, up to the second. */
  notificationMs: number;
  notificationMsMax: number;
  /**
   * How a new leader brings its followers up to date. `paper`: whole histories travel in ACK-E and NEWLEADER, and the leader
   * takes over the most recent. `zookeeper`: only zxids do, the leader must have the most recent history itself, and sends
   * what is missing (DIFF), has too much to be cut (TRUNC), or its state (SNAP).
   */
  synchronization: 'paper' | 'zookeeper';
  /**
   * `broadcast`: reads are transactions. `sync`: ZooKeeper's sync and then a local read. `local`: any node answers from what
   * it has. Only the first is always linearizable.
   */
  reads: 'broadcast' | 'sync' | 'local';
  /** Transactions between two snapshots, and so many are kept behind one for followers that are a little late. */
  snapshotAfter: number;
  /** Transactions that a leader has under way at once. */
  outstandingMax: number;
  /** Clients whose last result is remembered. */
  sessionsMax: number;
  /** Marks `broadcast` and `delivered` for every command of a client, so that properties of traces can judge their order. */
  marksDeliveries: boolean;
}

/** Each field is there or not after a crash, never half of it. The protocol itself says when they must be synced. */
export interface ZabDurable {
  /** f.p: the epoch of the last NEWEPOCH that was accepted. */
  acceptedEpoch: number;
  /** f.a: the epoch of the last NEWLEADER that was accepted. */
  currentEpoch: number;
  /** h_f. */
  history: History;
}

/** Whom somebody wants to lead, and how recent that one's history is. */
export interface Vote {
  readonly leader: NodeId;
  /** That node's currentEpoch. */
  readonly peerEpoch: number;
  readonly zxid: Zxid;
}

export type ServerState = 'looking' | 'following' | 'leading';
export type Phase = 'election' | 'discovery' | 'synchronization' | 'broadcast';

/** What a follower tells in ACK-E. */
export interface AckEpoch {
  readonly currentEpoch: number;
  readonly lastZxid: Zxid;
  /** Only by the paper. */
  readonly history: History | null;
}

/** What a leader knows of a follower that is connected to it (itself included). */
export interface Learner {
  /** Stands for the connection: see CEPOCH. */
  session: number;
  acceptedEpoch: number;
  ackEpoch: AckEpoch | null;
  /** NEWLEADER was sent: from then on it is sent every PROPOSE. */
  newLeaderSent: boolean;
  /** ACK-LD has come: from then on it is sent every COMMIT. */
  acknowledged: boolean;
  heardAt: Micros;
}

/** A transaction that is not committed yet. */
export interface Proposal {
  ackers: NodeId[];
  /** Who asked for a sync after it, and under which number. */
  syncs: { to: NodeId; id: number }[];
}

export interface PendingRead {
  ref: RequestRef<Zab, 'read'>;
  key: string;
}

export interface ZabVolatile {
  state: ServerState;
  phase: Phase;
  /** Rises with every election that this node takes part in, and again with every leader that it follows. */
  session: number;

  /** As one that looks for a leader. `logicalclock`: the round of elections. */
  logicalclock: number;
  vote: Vote | null;
  recvset: Map<NodeId, Vote>;
  outofelection: Map<NodeId, { leader: NodeId; state: ServerState }>;
  finalizing: boolean;
  notificationMs: number;
  /** Those who have said CEPOCH already, should this node come to lead. */
  early: Map<NodeId, { session: number; acceptedEpoch: number }>;

  /** As follower. `promise`: what this node has promised since it started. */
  leader: NodeId | null;
  promise: { epoch: number; to: NodeId } | null;
  heardAt: Micros;
  /** Has this node said ACK-LD (a leader to itself)? */
  acknowledged: boolean;
  /** Reads that wait for the leader's SYNC. */
  syncing: Map<number, PendingRead>;
  syncs: number;

  /** As leader, prospective or established. `epoch`: e′, 0 before it is chosen. */
  epoch: number;
  since: Micros;
  learners: Map<NodeId, Learner>;
  /** ACK-E of those who have promised this epoch, connected or not. */
  promised: Map<NodeId, AckEpoch>;
  /** The counter of the last transaction that was broadcast in this epoch. */
  counter: number;
  /** By counter, in that order. */
  proposals: Map<number, Proposal>;
  /** Clients, by the counter of their transaction. */
  waiting: Map<number, RequestRef<Zab>>;

  /** All transactions up to this index are delivered, and the machine is what they led to. */
  delivered: number;
  machine: KeyValueMachine;
}

/** What is to be done when the disk has what was written before. */
export type Token =
  | { readonly then: 'ACK-E'; readonly session: number; readonly promise: boolean }
  | { readonly then: 'currentEpoch'; readonly session: number; readonly epoch: number }
  | { readonly then: 'ACK-LD'; readonly session: number; readonly epoch: number; readonly zxid: Zxid }
  | { readonly then: 'ACK'; readonly session: number; readonly zxid: Zxid }
  /** With a planted bug: what NEWLEADER has brought is written so many turns of the disk later. */
  | {
      readonly then: 'history';
      readonly session: number;
      readonly epoch: number;
      readonly history: DeepReadonly<History> | null;
      readonly turns: number;
    };

export type ZabBug =
  | 'proposes-to-acknowledged'
  | 'delivers-whole-history'
  | 'keeps-uncommitted'
  | 'acknowledges-unsynced'
  | 'updates-epoch-first'
  | 'forgets-accepted-epoch'
  | 'accepts-epoch-again'
  | 'counts-acks-not-ackers';

export interface Zab {
  options: ZabOptions;
  durable: ZabDurable;
  volatile: ZabVolatile;
  messages: {
    /** Fast leader election. */
    Notification: { vote: Vote; electionEpoch: number; state: ServerState };

    /** `session` stands for the connection: NEWEPOCH repeats it, so that what was sent on an earlier one is known. */
    CEPOCH: { acceptedEpoch: number; session: number };
    NEWEPOCH: { epoch: number; session: number };
    /** `promise`: false from one that had accepted this very epoch before. */
    'ACK-E': AckEpoch & { promise: boolean };

    /** ZooKeeper's, before NEWLEADER. */
    DIFF: { txns: Txn[] };
    TRUNC: { zxid: Zxid };
    SNAP: { history: History };
    /** By the paper with I_e′, the initial history of the epoch (and what was broadcast since). */
    NEWLEADER: { epoch: number; history: History | null };
    /** The follower has all up to `zxid`. */
    'ACK-LD': { epoch: number; zxid: Zxid };
    /** All up to `zxid` is committed. */
    'COMMIT-LD': { zxid: Zxid };

    PROPOSE: { txn: Txn };
    ACK: { zxid: Zxid };
    COMMIT: { zxid: Zxid };

    /** From the leader, and back. */
    PING: object;
    /** From a follower, and back when all that was proposed before is committed. */
    SYNC: { id: number };
  };
  timers: { notification: void; finalize: void; tick: void };
  requests: KeyValueRequests;
  bugs: ZabBug;
}

export type ZabNode = Node<Zab>;

/** More than half. */
export function quorum({ members }: Pick<ZabNode, 'members'>): number {
  return Math.floor(members.length / 2) + 1;
}

/** Has the disk sync what was written so far, and then does as the token says. */
export function whenSynced(node: ZabNode, token: Token): void {
  node.sync(token as unknown as Plain);
}

import type { Micros, Node, NodeId, RequestRef } from '../../engine/index.js';
import type { CausalContext, Dot } from '../parts/causal-context.js';
import type { HashRing } from '../parts/hash-ring.js';
import type { KeyValueRequests, KeyValueScalar } from '../parts/key-value.js';
import type { NodeHash } from '../parts/merkle-tree.js';

/** One value of a key, and where it comes from. All of it is fixed by the coordinator of the write. */
export interface Version {
  /** Null: a tombstone, what a delete leaves. */
  readonly value: KeyValueScalar;
  /** The event that made it: which coordinator, and its how manieth write of this key. */
  readonly dot: Dot;
  /** What its writer had seen, and therefore replaces. Null: a blind write, by a client that did not say. */
  readonly context: CausalContext | null;
  /** The coordinator's wall clock. */
  readonly timestamp: Micros;
}

/** The versions of one key that a replica holds: one, or siblings of which none replaces another. */
export type Versions = readonly Version[];

export type Level = 'ONE' | 'QUORUM' | 'ALL';

export interface QuorumOptions {
  /** How many nodes keep a key; how many must answer a read, and how many a write, that names no level. */
  n: number;
  r: number;
  w: number;
  /**
   * When one version replaces another. `timestamps`: the later, by its coordinator's clock (last writer wins). `vectors`: by
   * version vectors as Dynamo has them. `dotted`: by exactly what its writer had seen.
   */
  versions: 'timestamps' | 'vectors' | 'dotted';
  /** Do hinted writes on nodes that stand in count in W, and their answers in R? */
  sloppy: boolean;
  hintedHandoff: boolean;
  readRepair: boolean;
  /** How often a node compares its replicas with another one's. 0: never. */
  antiEntropyMs: number;
  /** How often hints are tried, and keys that a node keeps no longer. */
  handoffMs: number;
  /** Who has not answered in this time is taken for down, and another node stands in … */
  replicaTimeoutMs: number;
  /** … and it is not asked for so long, unless it is heard of. */
  suspectMs: number;
  /** When an operation is given up. */
  requestTimeoutMs: number;
  /** A tombstone is kept for so long, by its timestamp and the clock of who keeps it. */
  graceMs: number;
  /** Places on the ring of each node. */
  virtualNodes: number;
  /** Who is in the ring at first. Empty: every node. */
  ring: readonly string[];
  /** Keys that are handed over at once to one node. */
  batchMax: number;
  /** From then on all faults are over: at the end of the run all replicas must be the same. 0: not judged. */
  settledAfterMs: number;
}

/** Who is in the ring. Of two, the one with the higher number is in force. */
export interface Membership {
  readonly number: number;
  readonly members: readonly NodeId[];
}

export interface QuorumDurable {
  store: Map<string, Versions>;
  /** For other nodes: by node, then by key. */
  hints: Map<NodeId, Map<string, Versions>>;
  /** How many writes of each key this node has coordinated under the name `actor`. */
  counters: Map<string, number>;
  /** Whoever loses its disk takes another name: its old counters are gone, and dots must be unique. */
  actor: string | null;
  membership: Membership | null;
}

interface OperationBase {
  key: string;
  /** How many answers make it a success. */
  needed: number;
  /** Who keeps the key. */
  owners: NodeId[];
  answered: boolean;
}

export interface WriteOperation extends OperationBase {
  kind: 'write' | 'put';
  ref: RequestRef<Quorum, 'write' | 'put'>;
  version: Version;
  /** Nodes whose acknowledgements count. */
  acknowledged: NodeId[];
  /** Owners that have acknowledged, hints aside. */
  stored: NodeId[];
  /** Who stands in for which owner. */
  standIns: Map<NodeId, NodeId>;
}

export interface ReadOperation extends OperationBase {
  kind: 'read' | 'get';
  ref: RequestRef<Quorum, 'read' | 'get'>;
  replies: Map<NodeId, Versions>;
  standIns: Map<NodeId, NodeId>;
}

export type Operation = WriteOperation | ReadOperation;

/** What the invariants hear of: the coordinator's view of an operation, at its begin and at its answer. */
export interface Begun {
  readonly ref: string;
  readonly key: string;
  readonly needed: number;
  /** The version that a write makes; null for reads. */
  readonly version: Version | null;
  /** What the client passed back. */
  readonly context: CausalContext | null;
}

export interface Answered {
  readonly ref: string;
  readonly key: string;
  readonly needed: number;
  /** What was written, or what the read found. */
  readonly versions: Versions;
}

export interface QuorumVolatile {
  ring: HashRing;
  operations: Map<string, Operation>;
  /** Until when nobody is asked that has not answered, on this node's monotonic clock. */
  suspects: Map<NodeId, Micros>;
  startedAt: Micros;
  begun: Begun | null;
  answered: Answered | null;
  /** Keys whose replicas the latest step that changed any has changed. */
  touched: string[];
}

export type QuorumBug =
  | 'repairs-blindly'
  | 'drops-siblings'
  | 'forgets-hint-at-once'
  | 'keeps-counter'
  | 'values-beat-tombstones'
  | 'counts-acknowledgements-not-replicas'
  | 'forgets-context'
  | 'hashes-keys-only'
  | 'answers-with-first-reply';

/** The common interface, with a level that each request may name; and Dynamo's own, with contexts. */
export interface QuorumRequests extends Omit<KeyValueRequests, 'read' | 'write'> {
  read: { args: { key: string; consistency?: Level }; result: KeyValueScalar };
  /** Replaces whatever there is. Null deletes. Only with timestamps. */
  write: { args: { key: string; value: KeyValueScalar; consistency?: Level }; result: null };
  /** All siblings, rising by their dots, and what a put that means to replace them passes back. */
  get: { args: { key: string; consistency?: Level }; result: { values: KeyValueScalar[]; context: CausalContext } };
  /** Replaces what the context includes, and nothing else. Null deletes. The answer's context includes what was written. */
  put: {
    args: { key: string; value: KeyValueScalar; context: CausalContext | null; consistency?: Level };
    result: { context: CausalContext };
  };
  /** The administrator's: who asks twice, or for what is so already, changes nothing. */
  join: { args: { node: string }; result: null };
  leave: { args: { node: string }; result: null };
}

export interface Quorum {
  options: QuorumOptions;
  durable: QuorumDurable;
  volatile: QuorumVolatile;
  messages: {
    /** Keep this; `hintFor`: until that node can. */
    Replicate: { ref: string; key: string; version: Version; hintFor: NodeId | null };
    Replicated: { ref: string };
    Fetch: { ref: string; key: string };
    Fetched: { ref: string; key: string; versions: Versions };
    /** Read repair: what a read has found, for a replica that had not got it. */
    Repair: { key: string; versions: Versions };
    Handoff: { entries: Entry[] };
    HandedOff: { entries: { key: string; dots: Dot[] }[] };
    /** Hashes of some nodes of one level of the tree over the keys that both keep. */
    Compare: { membership: number; level: number; nodes: NodeHash[] };
    /** All versions of the keys in these leaves. */
    Exchange: { membership: number; leaves: number[]; entries: Entry[]; reply: boolean };
    Members: { membership: Membership };
  };
  timers: { replicas: { ref: string }; request: { ref: string }; handoff: void; antiEntropy: void };
  requests: QuorumRequests;
  bugs: QuorumBug;
}

export interface Entry {
  readonly key: string;
  readonly versions: Versions;
}

export type QuorumNode = Node<Quorum>;

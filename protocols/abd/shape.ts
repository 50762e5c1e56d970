import type { Micros, Node, NodeId, RequestRef } from '../../engine/index.js';
import type { KeyValueRequests, KeyValueScalar } from '../parts/key-value.js';
import type { Tag } from './tag.js';

/** What a replica holds of one key: one register of the papers. */
export interface Register {
  readonly tag: Tag;
  readonly value: KeyValueScalar;
}

/** Tells operations apart, those of a node's earlier lives too: a reply that comes late must not count for another one. */
export interface OperationId {
  readonly life: number;
  readonly number: number;
}

/** A read or a write under way at the node that a client has asked. */
export interface Operation {
  readonly kind: 'read' | 'write';
  readonly key: string;
  readonly ref: RequestRef<Abd>;
  phase: 'query' | 'update';
  /** In the query phase the highest tag heard of, in the update phase the one that is spread; and its value. */
  tag: Tag | null;
  /** What is to be written, or, at a read, what came with the tag. */
  value: KeyValueScalar;
  /** Who has answered in this phase. */
  repliers: NodeId[];
  /** On this node's monotonic clock. */
  readonly startedAt: Micros;
  sentAt: Micros;
}

export interface AbdOptions {
  /** The only node that writes (1995), which then needs no query; null: everybody may (1997). */
  writer: string | null;
  /** After how long those that have not answered are asked again. */
  retransmitMs: number;
  /** When an operation that no majority answers is given up. */
  giveUpMs: number;
  /** Operations that a node has under way at once. */
  pendingMax: number;
}

export interface AbdDurable {
  /** How often this node has started. */
  life: number;
  registers: Map<string, Register>;
}

export interface AbdVolatile {
  operations: Map<number, Operation>;
  /** How many operations this life has begun. */
  begun: number;
  /** The highest number that this life has put into a tag. */
  issued: number;
  /** The key whose register was written last, and how many were written in this life. */
  lastStored: string | null;
  stored: number;
  /** The last write that was completed here, and how many were. */
  lastCompleted: { key: string; tag: Tag } | null;
  completed: number;
}

export type AbdBug =
  | 'reads-without-write-back'
  | 'writes-without-query'
  | 'compares-numbers-only'
  | 'counts-replies-not-repliers'
  | 'counts-replies-of-earlier-lives'
  | 'forgets-registers'
  | 'reuses-tags';

export interface Abd {
  options: AbdOptions;
  durable: AbdDurable;
  volatile: AbdVolatile;
  messages: {
    Query: { operation: OperationId; key: string };
    QueryReply: { operation: OperationId; tag: Tag | null; value: KeyValueScalar };
    Update: { operation: OperationId; key: string; tag: Tag; value: KeyValueScalar };
    UpdateReply: { operation: OperationId };
  };
  timers: { again: void };
  requests: KeyValueRequests;
  bugs: AbdBug;
}

export type AbdNode = Node<Abd>;

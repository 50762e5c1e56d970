import type { NodeId } from '../../engine/index.js';

/** What a producer sends. It is told apart by its body, which is unique in a run. */
export interface Message {
  /** The queue's own number, which rises. */
  readonly id: number;
  readonly body: number | string;
}

export interface Delivery extends Message {
  /** No message below this one is left in the queue: none of them can come again. */
  readonly oldest: number;
}

export type Promised = 'at-most-once' | 'at-least-once' | 'exactly-once';

/** The first node is the queue, all others are consumers; clients are the producers. */
export interface MessageQueue {
  options: {
    /** Does the queue keep a message until it is acknowledged, or only until it is sent out? */
    delivery: 'at-least-once' | 'at-most-once';
    /** Does a consumer remember what it has done, and not do it again? */
    consumer: 'idempotent' | 'careless';
    /** Does each message always go to the same consumer? Consumers share no memory. */
    sticky: boolean;
    /** For how long nobody else gets a message that was sent out and is not acknowledged yet. */
    visibilityMs: number;
    /** How long a consumer works on a message. */
    workMs: number;
    /** How often a consumer without work asks for some. */
    pollMs: number;
    /** How many messages wait at most; producers are sent away then. */
    lengthMax: number;
    /** For the invariants alone: what this scenario is judged by. */
    promise: Promised;
    /** For `delivered in the end` alone: is there time, at the end of this scenario, for all that was sent? */
    settles: boolean;
  };
  durable: {
    /** One write of the disk each time, so that its parts always fit. */
    queue: {
      lastId: number;
      messages: readonly Message[];
      /** By producer, its last message that was taken: what it repeats is taken once. */
      taken: Readonly<Record<string, number>>;
    };
    /** Of a consumer: what it has done, and, written together with it, what it remembers of that. */
    database: { effects: number; last: Message['body'] | null; seen: readonly number[] };
  };
  volatile: {
    queue: {
      /** Sent out, and invisible to all until they are acknowledged or their time is up. */
      invisible: Set<number>;
      /** For the invariants: the last message that left the queue, and how many have. */
      removed: { count: number; body: Message['body'] } | null;
    };
    consumer: {
      /** In the order of coming; the first is worked on. */
      backlog: Delivery[];
      /** With `remembers-in-memory`. */
      seen: number[];
    };
  };
  messages: {
    Poll: object;
    Deliver: { delivery: Delivery };
    Ack: { id: number };
  };
  timers: { poll: void; work: void; visible: { id: number }; remember: { id: number } };
  requests: {
    /** Puts a message into the queue; answers when it is there. */
    send: { args: { value: Message['body'] }; result: null };
  };
  bugs:
    | 'acknowledges-before-processing'
    | 'redelivers-to-nobody'
    | 'removes-at-delivery'
    | 'remembers-in-memory'
    | 'remembers-later'
    | 'forgets-producers'
    | 'reuses-numbers';
}

export function consumersOf(members: readonly NodeId[]): readonly NodeId[] {
  return members.slice(1);
}

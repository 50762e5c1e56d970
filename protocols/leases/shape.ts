import type { Micros, NodeId, RequestRef } from '../../engine/index.js';
import type { FencedStorage } from '../parts/fenced-storage.js';

/** A fencing token: which life of the lock service granted it, and its number there. */
export interface Token {
  readonly epoch: number;
  readonly number: number;
}

export interface Lease {
  readonly token: Token;
  /** On the holder's own clock. */
  readonly until: Micros;
  /** A write was given up for lost, and may still be on its way: this lease is not given back, but left to run out. */
  inDoubt: boolean;
}

/** What is done under the lock: read, work, write. */
export interface Section {
  /** Answers carry it, so that those to an earlier section are told apart. Rises in time. */
  readonly id: Micros;
  readonly ref: RequestRef<Leases, 'add'>;
  readonly token: Token;
  /** What was read, from then on. */
  value: number | null;
  wrote: boolean;
}

/** The first node is the lock service, the second the storage; all others want the lock. */
export interface Leases {
  options: {
    /** For how long a lease is granted, and extended. */
    termMs: number;
    /** The assumption, ε of the paper: no clock runs faster or slower than true time by more than this. */
    driftPpmMax: number;
    /** Which clock leases are measured by. The wall clock may jump, and is here to show that. */
    clock: 'monotonic' | 'wall';
    /** Does the storage check tokens? */
    fencing: boolean;
    /** How long a holder works between its last look at the lease and its write. */
    workMs: number;
    /** What must be left of a lease beside that, for the write to get to the storage. */
    marginMs: number;
    /** For how long one waits for an answer, of the storage or of the lock service. */
    patienceMs: number;
    /** For the invariant alone: does this scenario keep the assumption on clocks? Where not, nothing is said of valid leases. */
    clocksKept: boolean;
  };
  durable: {
    /** Of the lock service: counts its lives. */
    epoch: number;
    /** Of the lock service: the longest term that it has ever granted. Who holds what is not on disk. */
    longestTermMs: number;
    /** Of the storage. */
    storage: FencedStorage<Token>;
  };
  volatile: {
    service: {
      granted: { holder: NodeId; token: Token } | null;
      /** Before this, on its own clock, nobody but the holder is granted anything. */
      freeAt: Micros;
      /** How many tokens this life has made. */
      grants: number;
    };
    /** Of the storage: the last token that was refused. */
    refused: Token | null;
    holder: {
      lease: Lease | null;
      /** Has the lock service been asked, and is its answer still to come? */
      isAsking: boolean;
      /** What is granted in answer to something asked up to this moment is not taken any more. */
      notBefore: Micros;
      section: Section | null;
      lastSection: Micros;
      waiting: RequestRef<Leases, 'add'>[];
    };
  };
  messages: {
    /** Asks for a lease, or for more of the one that `token` names. `askedAt` is the asker's own clock, and comes back. */
    Acquire: { askedAt: Micros; token: Token | null };
    Granted: { askedAt: Micros; token: Token; termMs: number };
    /** Somebody else has it, or may have it. */
    Held: object;
    Release: { token: Token };
    Read: { section: Micros; token: Token };
    ReadOk: { section: Micros; value: number };
    Write: { section: Micros; token: Token; value: number };
    WriteOk: { section: Micros };
    Refused: { section: Micros };
  };
  timers: { askAgain: void; lapse: void; work: void; patience: { section: Micros } };
  requests: {
    /** Adds one to the count in the storage, under the lock; answers with the count. */
    add: { args: object; result: number };
  };
  bugs:
    | 'checks-no-token'
    | 'reuses-tokens'
    | 'refuses-equal-token'
    | 'counts-from-reply'
    | 'forgets-leases'
    | 'storage-forgets-token'
    | 'reads-without-token'
    | 'ignores-drift';
}

/** Below 0: a was granted before b. */
export function compareTokens(a: Token, b: Token): number {
  return a.epoch === b.epoch ? a.number - b.number : a.epoch - b.epoch;
}

export function showToken({ epoch, number }: Token): string {
  return `${epoch}.${number}`;
}

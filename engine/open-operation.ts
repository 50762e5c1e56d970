import type { Value } from './history.js';
import type { Micros } from './time.js';
import type { Operation } from './workload.js';

/** An operation under way. */
export interface Open {
  readonly client: number;
  readonly process: number;
  readonly operation: Operation;
  /** What the history shows of its arguments. */
  readonly value: Value;
  readonly key: Value | undefined;
  /** Number of the operation among its client's: with the client, its idempotency key. */
  readonly sequence: number;
  readonly deadline: Micros;
  readonly fixedTarget: number;
  /** Issued while another operation of this client was open. */
  readonly beside: boolean;
  attempt: number;
  /** Attempts whose fate is unknown: any of them may have had, or may yet have, an effect. */
  doubtful: number;
  /** Is the present attempt still waiting for an answer? */
  waiting: boolean;
  asked: number;
}

/** One client: what it has open, and what it has learnt. */
export interface Client {
  readonly name: string;
  readonly queue: { operation: Operation; target: number }[];
  process: number;
  sequence: number;
  leader: number;
  open: Map<number, Open>;
  /** Is its next operation of the closed loop already planned? */
  thinking: boolean;
}

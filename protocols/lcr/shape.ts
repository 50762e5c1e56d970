import type { ElectionStatus } from '../parts/election-properties.js';
import type { Numbering } from '../parts/identities.js';
import type { Rounds } from '../parts/rounds.js';

export type Incoming = { kind: 'uid' | 'report'; uid: number };

export interface Lcr {
  options: Numbering & {
    /** How long a round takes by each node's clock: more than any latency and any difference between two clocks. */
    roundMs: number;
  };
  durable: { identity: number | null };
  volatile: {
    status: ElectionStatus;
    leader: number | null;
    /** The UID to be sent at the beginning of the next round. */
    send: number | null;
    /** The leader's UID, to be told in the next round. */
    report: number | null;
    /** At the end of which round it learned who leads. */
    learnedInRound: number | null;
    halted: boolean;
    rounds: Rounds<Incoming>;
  };
  messages: { Uid: { round: number; uid: number }; Report: { round: number; uid: number } };
  timers: { round: void };
  bugs: 'relays-smaller' | 'halts-before-relaying';
}

import { ms, type Micros, type Random } from '../../engine/index.js';

/*
 * The election timer of a follower. A leader's messages reset it all the time, so a reset only notes when it happened
 * (`volatile.timerResetAt`): the timer looks at that as it fires. A reset so costs no timer.
 */

/** What a node needs to have such a timer. */
export interface ElectionTimerNode {
  readonly options: {
    /** Election time-outs are drawn evenly from [min, max] milliseconds on the node's own clock. */
    readonly electionTimeoutMsMin: number;
    readonly electionTimeoutMsMax: number;
  };
  readonly volatile: ElectionTimerState;
  readonly random: Random;
  monotonic(): Micros;
  setTimer(name: 'election', after: Micros): void;
}

export interface ElectionTimerState {
  /** When the election timer was last reset, on the node's monotonic clock, and for how long. */
  timerResetAt: Micros;
  electionTimeout: Micros;
}

/** Draws a new time-out and starts it now. */
export function armElectionTimer(node: ElectionTimerNode): void {
  const { electionTimeoutMsMin, electionTimeoutMsMax } = node.options;
  const { volatile } = node;
  volatile.electionTimeout = node.random.integer(
    'election-timeout',
    ms(electionTimeoutMsMin),
    ms(electionTimeoutMsMax),
  );
  volatile.timerResetAt = node.monotonic();
  node.setTimer('election', volatile.electionTimeout);
}

/** The timer has fired: is the time-out over? Where a reset came meanwhile, it is set again for what is left. */
export function electionTimedOut(node: ElectionTimerNode): boolean {
  const { timerResetAt, electionTimeout } = node.volatile;
  const left = timerResetAt + electionTimeout - node.monotonic();
  if (left > 0) node.setTimer('election', left);
  return left <= 0;
}

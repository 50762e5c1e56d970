import type { ElectionStatus } from '../parts/election-properties.js';
import type { Numbering } from '../parts/identities.js';

export interface ChangRoberts {
  options: Numbering & {
    /** Who calls an election, everybody where none are named; the others join in when they hear of it. */
    starters: readonly string[];
    /** Each starter begins within so long of the run's beginning; 0: all at once. */
    startWithinMs: number;
  };
  durable: { identity: number | null };
  volatile: {
    status: ElectionStatus;
    /** Has it sent its own number, or passed on a larger one? */
    participating: boolean;
    leader: number | null;
  };
  messages: { Election: { number: number }; Elected: { number: number } };
  timers: { start: void };
  bugs: 'forwards-smaller' | 'prefers-smaller' | 'sleeper-swallows';
}

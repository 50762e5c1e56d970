import type { RaftOptions } from '../../../protocols/raft/protocol.js';

/** Longer than any run: whoever has this election time-out never stands by himself. */
const NEVER_MS = 60_000;

/**
 * Settles who stands for election first: nodes named here have exactly this election time-out, in milliseconds; no other node
 * ever stands. For scenarios that follow one course step by step, whatever the seed.
 */
export function standingAfter(
  nodes: number,
  timeoutsMs: Readonly<Record<string, number>>,
): Record<string, Pick<RaftOptions, 'electionTimeoutMsMin' | 'electionTimeoutMsMax'>> {
  const names = Array.from({ length: nodes }, (_, i) => `n${i + 1}`);
  return Object.fromEntries(
    names.map((name) => {
      const timeout = timeoutsMs[name] ?? NEVER_MS;
      return [name, { electionTimeoutMsMin: timeout, electionTimeoutMsMax: timeout }];
    }),
  );
}

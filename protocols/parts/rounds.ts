import type { Micros } from '../../engine/index.js';

/**
 * Synchronous rounds on a network that is not synchronous, in the simplest way that Lynch's model allows to be built: by the
 * clock. Round r takes a fixed time; every node, by its own clock, sends at its beginning and looks at its end at what came.
 * That is sound while messages and clocks keep their bounds: latency + the difference of any two clocks < the length of a
 * round, and nobody pauses. What comes after its round is over is too late, and as good as lost.
 */
export interface Rounds<M> {
  /** The round that is under way, from 1. */
  round: number;
  /** When round 1 began, by this node's clock. */
  startedAt: Micros;
  /** What came for this round, and (from those whose clocks are ahead) for the next ones. */
  inbox: Map<number, M[]>;
}

export function newRounds<M>(): Rounds<M> {
  return { round: 1, startedAt: 0, inbox: new Map() };
}

/** @returns false when that round is over, and the message therefore lost. */
export function arrive<M>(rounds: Rounds<M>, round: number, message: M): boolean {
  if (round < rounds.round) return false;
  const waiting = rounds.inbox.get(round);
  if (waiting === undefined) rounds.inbox.set(round, [message]);
  else waiting.push(message);
  return true;
}

/** Ends the round that is under way and begins the next. @returns what came in it, in the order of arrival. */
export function endRound<M>(rounds: Rounds<M>): readonly M[] {
  const came = rounds.inbox.get(rounds.round) ?? [];
  rounds.inbox.delete(rounds.round);
  rounds.round++;
  return came;
}

/** How long the round still takes. Counted from the first one, so that late timers do not add up. */
export function restOfRound(rounds: Rounds<unknown>, length: Micros, now: Micros): Micros {
  return Math.max(0, rounds.startedAt + rounds.round * length - now);
}

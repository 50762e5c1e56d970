import { ms, type Node, type NodeId } from '../../engine/index.js';
import type { Bully, Calls, Phase } from './shape.js';

export type Site = Node<Bully>;

/** More than a node makes in one life. */
const CALLS_A_LIFE = 1_000_000_000;

type Called = 'AreYouThere' | 'AreYouNormal' | 'Halt' | 'NewCoordinator' | 'Ready';

/**
 * The paper's `CALL proc(j, …), ONTIMEOUT …`, for several nodes at once: it is over when all have answered, or after
 * `callMs`. A new call ends the one before it: a node does one thing at a time.
 */
export function call(node: Site, phase: Phase, type: Called, whom: readonly NodeId[]): void {
  const number = begin(node, phase, whom, whom.length === 0 ? 0 : node.options.callMs);
  for (const peer of whom) node.send(peer, { type, call: number });
}

/** Waits without expecting a `Response`. */
export function wait(node: Site, phase: Phase, forMs: number): void {
  begin(node, phase, [], forMs);
}

function begin(node: Site, phase: Phase, whom: readonly NodeId[], forMs: number): number {
  const number = node.durable.lives * CALLS_A_LIFE + ++node.volatile.callsMade;
  node.volatile.calls = { phase, number, awaited: [...whom], yes: [], no: [] };
  node.setTimer('onTimeout', ms(forMs), { number });
  return number;
}

export function respond(node: Site, to: NodeId, number: number, yes: boolean): void {
  if (node.bug('answers-nobody')) return;
  node.send(to, { type: 'Response', call: number, yes });
}

/** An answer has come. @returns the calls, when they are over with it. */
export function answer(node: Site, from: NodeId, number: number, yes: boolean): Calls | null {
  const { calls } = node.volatile;
  if (calls?.number !== number || !calls.awaited.includes(from)) return null; // Too late, or the second copy.
  calls.awaited = calls.awaited.filter((peer) => peer !== from);
  (yes ? calls.yes : calls.no).push(from);
  return calls.awaited.length > 0 ? null : end(node);
}

/** Time is up. @returns the calls that are over with it, unless they were over before. */
export function timedOut(node: Site, number: number): Calls | null {
  return node.volatile.calls?.number === number ? end(node) : null;
}

/** Ends what is under way: nobody's answer is awaited any more. */
export function end(node: Site): Calls | null {
  const { calls } = node.volatile;
  node.volatile.calls = null;
  node.cancelTimer('onTimeout');
  return calls;
}

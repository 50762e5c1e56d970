import type { NodeId } from '../../engine/index.js';
import { end, wait, type Site } from './calls.js';
import { above, below } from './election.js';
import { timeoutMsMin } from './shape.js';

// The algorithm as textbooks tell it (Coulouris, Dollimore, Kindberg; Tanenbaum): without Halt, and so without Assertion 1.

/** ELECTION to all above. Whoever is there answers, and calls an election of its own. */
export function electionByTextbook(node: Site): void {
  if (isAtIt(node)) return;
  node.mark('election');
  for (const peer of above(node)) node.send(peer, { type: 'Election' });
  Object.assign(node.volatile, { s: 'Election', c: null });
  if (above(node).length === 0) announce(node);
  else wait(node, 'Election', node.options.callMs);
}

export function challenged(node: Site, from: NodeId): void {
  if (node.bug('answers-nobody')) return;
  node.send(from, { type: 'Answer' });
  electionByTextbook(node);
}

/** Somebody above is there: its announcement will come. When it does not, this was not the last election. */
export function answered(node: Site): void {
  if (node.volatile.calls?.phase === 'Election') wait(node, 'Announcement', timeoutMsMin(node));
}

function isAtIt({ volatile: { calls } }: Site): boolean {
  return calls?.phase === 'Election' || calls?.phase === 'Announcement';
}

export function announce(node: Site): void {
  Object.assign(node.volatile, { s: 'Normal', c: node.id });
  node.mark('became-coordinator');
  for (const peer of below(node)) node.send(peer, { type: 'Coordinator' });
}

/** What comes from below is a coordinator that does not know of this node: it is told so by an election. */
export function announced(node: Site, from: NodeId): void {
  if (above(node).includes(from)) {
    end(node);
    Object.assign(node.volatile, { s: 'Normal', c: from });
  } else electionByTextbook(node);
}

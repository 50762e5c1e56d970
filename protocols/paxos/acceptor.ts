import type { MessageOfType, NodeId } from '../../engine/index.js';
import { compareBallots } from '../parts/ballot.js';
import type { Paxos, PaxosNode } from './shape.js';

/** Paxos Made Simple, section 2.2, Phase 1 (b): promise to take part in nothing below, and tell the latest vote. */
export function onPhase1a(node: PaxosNode, { bal }: MessageOfType<Paxos, 'Phase1a'>, from: NodeId): void {
  const { durable, volatile } = node;
  if (tellOutcome(node, from)) return;
  const { maxBal, maxVBal, maxVal } = durable.acceptor;
  if (maxBal !== null && compareBallots(bal, maxBal) < 0) {
    node.mark('refused-phase-1');
    return node.send(from, { type: 'Nack', bal, maxBal });
  }
  // The same ballot again is a message that came twice: the answer is the same, as it may have been lost.
  durable.acceptor = { maxBal: bal, maxVBal, maxVal };
  volatile.promised += 1;
  node.mark('promised');
  node.send(from, { type: 'Phase1b', bal, maxVBal, maxVal });
}

/** Phase 2 (b): vote, unless a higher ballot has a promise. */
export function onPhase2a(node: PaxosNode, { bal, val }: MessageOfType<Paxos, 'Phase2a'>, from: NodeId): void {
  const { durable } = node;
  const { maxBal } = durable.acceptor;
  if (maxBal !== null && compareBallots(bal, maxBal) < 0 && !node.bug('accepts-below-promise')) {
    node.mark('refused-phase-2');
    return node.send(from, { type: 'Nack', bal, maxBal });
  }
  durable.acceptor = { maxBal: bal, maxVBal: bal, maxVal: val };
  node.mark('voted');
  // Section 2.3: whoever learns, this node included.
  const learners = node.options.learners === 'all' ? node.members : [from];
  for (const learner of learners) node.send(learner, { type: 'Phase2b', bal, val });
}

/** Who knows the outcome need not take part in choosing it again. */
function tellOutcome(node: PaxosNode, to: NodeId): boolean {
  const { outcome } = node.durable;
  if (outcome === null || to === node.id) return false;
  node.send(to, { type: 'Learned', val: outcome });
  return true;
}

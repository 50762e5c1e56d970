import type { MessageOfType, NodeId } from '../../engine/index.js';
import { compareBallots, sameBallot } from '../parts/ballot.js';
import { majority, type Paxos, type PaxosNode, type Value } from './shape.js';

/** Section 2.3: a value is chosen when a majority of the acceptors has voted for it in one ballot. */
export function onPhase2b(node: PaxosNode, { bal, val }: MessageOfType<Paxos, 'Phase2b'>, from: NodeId): void {
  const { durable, volatile } = node;
  const before = volatile.votes.get(from);
  if (before !== undefined && compareBallots(before.bal, bal) >= 0) return;
  volatile.votes.set(from, { bal, val });
  if (durable.outcome !== null) return;
  let voters = 0;
  for (const vote of volatile.votes.values()) if (sameBallot(vote.bal, bal)) voters += 1;
  if (voters < majority(node)) return;
  learn(node, val);
  if (node.options.learners === 'distinguished') node.broadcast({ type: 'Learned', val });
}

/** Learns the outcome, and answers whoever waits for it. */
export function learn(node: PaxosNode, val: Value): void {
  const { durable, volatile } = node;
  if (durable.outcome !== null) return;
  durable.outcome = val;
  volatile.phase = 'idle';
  node.mark('learned', { val });
  node.cancelTimer('retry');
  for (const ref of volatile.waiting) node.reply(ref, val);
  volatile.waiting = [];
}

import { ms, type MessageOfType, type Micros, type NodeId, type Request } from '../../engine/index.js';
import { compareBallots, sameBallot, type Ballot } from '../parts/ballot.js';
import { distinguishedProposer } from './distinguished.js';
import { majority, type Paxos, type PaxosNode, type Promise1b, type Value } from './shape.js';

export function onPropose(node: PaxosNode, { ref, args }: Request<Paxos, 'propose'>): void {
  const { durable, volatile } = node;
  if (durable.outcome !== null) return node.reply(ref, durable.outcome);
  volatile.waiting.push(ref);
  bringForward(node, args.value);
}

/** A node that thinks it is not for it to propose has asked this one to. */
export function onForward(node: PaxosNode, { val }: MessageOfType<Paxos, 'Forward'>, from: NodeId): void {
  const { outcome } = node.durable;
  if (outcome !== null) return node.send(from, { type: 'Learned', val: outcome });
  bringForward(node, val);
}

function bringForward(node: PaxosNode, value: Value): void {
  const { volatile } = node;
  volatile.proposal ??= value;
  if (volatile.phase === 'idle') tryToHaveItChosen(node, volatile.proposal);
}

function tryToHaveItChosen(node: PaxosNode, proposal: Value): void {
  const distinguished = distinguishedProposer(node);
  if (distinguished === null || distinguished === node.id) return beginBallot(node);
  node.send(distinguished, { type: 'Forward', val: proposal });
  node.setTimer('retry', retryAfter(node));
}

/** Section 2.2, Phase 1 (a): a number that was never used before, to every acceptor, the own one included. */
function beginBallot(node: PaxosNode): void {
  const { durable, volatile } = node;
  volatile.attempts += 1;
  const bal: Ballot = { number: nextNumber(node), node: node.id };
  // On the disk before the first message leaves: the number would serve two values if it were used again after a crash.
  if (!node.bug('reuses-ballot')) durable.lastTried = bal.number;
  volatile.ballot = bal;
  volatile.phase = 'phase 1';
  volatile.promises = [];
  node.mark('began-ballot', { number: bal.number });
  for (const acceptor of node.members) node.send(acceptor, { type: 'Phase1a', bal });
  node.setTimer('retry', retryAfter(node));
}

function nextNumber(node: PaxosNode): number {
  const { durable, volatile } = node;
  if (node.bug('reuses-ballot')) return Math.max(volatile.highestSeen, volatile.ballot?.number ?? 0) + 1;
  return Math.max(durable.lastTried, volatile.highestSeen, durable.acceptor.maxBal?.number ?? 0) + 1;
}

const DOUBLINGS_MAX = 6;

function retryAfter(node: PaxosNode): Micros {
  const { cure, timeoutMs } = node.options;
  if (cure !== 'back-off') return ms(timeoutMs);
  const longest = timeoutMs * (1 << Math.min(node.volatile.attempts, DOUBLINGS_MAX));
  return node.random.integer('back-off', ms(timeoutMs), ms(longest));
}

export function onRetry(node: PaxosNode): void {
  const { proposal } = node.volatile;
  if (node.durable.outcome === null && proposal !== null) tryToHaveItChosen(node, proposal);
}

export function onPhase1b(node: PaxosNode, message: MessageOfType<Paxos, 'Phase1b'>, from: NodeId): void {
  const { volatile } = node;
  if (volatile.phase !== 'phase 1' || !sameBallot(message.bal, volatile.ballot)) return;
  // A majority of acceptors, not of messages: the network may deliver one twice.
  const known = volatile.promises.some((promise) => promise.from === from);
  if (known && !node.bug('counts-promises-not-promisers')) return;
  volatile.promises.push({ from, maxVBal: message.maxVBal, maxVal: message.maxVal });
  if (volatile.promises.length < majority(node)) return;
  volatile.phase = 'phase 2';
  const val = valueToPropose(node);
  if (val === null) return;
  node.mark('began-phase-2');
  for (const acceptor of node.members) node.send(acceptor, { type: 'Phase2a', bal: message.bal, val });
}

/** Phase 2 (a): the value of the highest-numbered ballot among the promises; any, if they tell of none. */
function valueToPropose(node: PaxosNode): Value | null {
  const { promises, proposal } = node.volatile;
  if (node.bug('keeps-own-value')) return proposal;
  let adopted: Promise1b | null = null;
  for (const promise of promises) {
    if (promise.maxVBal === null) continue;
    const higher = adopted === null || compareBallots(promise.maxVBal, adopted.maxVBal) > 0;
    if (higher || node.bug('adopts-last-promise')) adopted = promise;
  }
  if (adopted === null) return proposal;
  if (adopted.maxVal !== proposal) node.mark('adopted-value');
  return adopted.maxVal;
}

/** Section 2.2, near its end: a proposer that is told of a higher ballot abandons its own. */
export function onNack(node: PaxosNode, { bal, maxBal }: MessageOfType<Paxos, 'Nack'>): void {
  const { volatile } = node;
  volatile.highestSeen = Math.max(volatile.highestSeen, maxBal.number);
  if (!sameBallot(bal, volatile.ballot) || volatile.phase === 'abandoned') return;
  volatile.phase = 'abandoned';
  node.mark('abandoned-ballot', { number: bal.number });
}

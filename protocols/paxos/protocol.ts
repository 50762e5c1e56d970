import { defineProtocol } from '../../engine/index.js';
import { showBallot } from '../parts/ballot.js';
import { onPhase1a, onPhase2a } from './acceptor.js';
import { paxosBugs } from './bugs.js';
import { onAlive, onAliveTimer, watchPeers } from './distinguished.js';
import { paxosInvariants } from './invariants.js';
import { learn, onPhase2b } from './learner.js';
import { onForward, onNack, onPhase1b, onPropose, onRetry } from './proposer.js';
import type { Paxos } from './shape.js';

export type { Paxos, PaxosBug, PaxosOptions, Value } from './shape.js';

/** Every node is proposer, acceptor and learner at once; what they say to one another within a node are messages too. */
export const paxos = defineProtocol<Paxos>({
  name: 'paxos',
  source: 'Lamport, The Part-Time Parliament, 1998; Paxos Made Simple, 2001',
  summary: 'The Synod: nodes choose one value, for good, in ballots of two phases.',
  options: { timeoutMs: 100, cure: 'back-off', heartbeatMs: 50, learners: 'all' },
  durable: () => ({ lastTried: 0, acceptor: { maxBal: null, maxVBal: null, maxVal: null }, outcome: null }),
  volatile: () => ({
    proposal: null,
    ballot: null,
    phase: 'idle',
    promises: [],
    highestSeen: 0,
    attempts: 0,
    votes: new Map(),
    waiting: [],
    promised: 0,
    heardAt: new Map(),
  }),
  onStart(node, { damage }) {
    const { acceptor } = node.durable;
    // What was promised or voted there is lost: to answer without it could choose a second value.
    if (damage.length > 0) return node.halt(`the disk is damaged: ${damage.map(({ field }) => field).join(', ')}`);
    if (node.bug('forgets-promise')) node.durable.acceptor = { ...acceptor, maxBal: acceptor.maxVBal };
    watchPeers(node);
  },
  onMessage: {
    Phase1a: onPhase1a,
    Phase1b: onPhase1b,
    Phase2a: onPhase2a,
    Phase2b: onPhase2b,
    Nack: onNack,
    Learned: (node, { val }) => learn(node, val),
    Forward: onForward,
    Alive: (node, _, from) => onAlive(node, from),
  },
  onTimer: { retry: onRetry, alive: onAliveTimer },
  onRequest: { propose: onPropose },
  roles: ['proposer', 'acceptor', 'learner'],
  role({ durable, volatile }) {
    if (volatile.phase !== 'idle') return { name: 'proposer', term: showBallot(volatile.ballot) };
    return { name: durable.outcome === null ? 'acceptor' : 'learner', term: showBallot(durable.acceptor.maxBal) };
  },
  invariants: paxosInvariants,
  bugs: paxosBugs,
});

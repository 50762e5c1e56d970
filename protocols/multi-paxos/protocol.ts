import { defineProtocol, nodeId } from '../../engine/index.js';
import { showBallot } from '../parts/ballot.js';
import { armElectionTimer } from '../parts/election-timer.js';
import { emptyKeyValueMachine } from '../parts/key-value.js';
import { multiPaxosBugs } from './bugs.js';
import { onCommand, onReconfigure } from './client.js';
import { restore } from './compaction.js';
import { mayStand } from './configuration.js';
import { multiPaxosInvariants } from './invariants.js';
import { onElectionTimer, onInstallSnapshot, onNack, onPhase1a, onPhase1b } from './leadership.js';
import { onLearn } from './learning.js';
import { onHeartbeat, onHeartbeatReply, onHeartbeatTimer, onPhase2a, onPhase2b } from './proposing.js';
import { acceptsQuorums } from './quorums.js';
import type { MultiPaxos } from './shape.js';

export { quorumProblem } from './quorums.js';
export type { MultiPaxos, MultiPaxosBug, MultiPaxosOptions } from './shape.js';

/** Every node is proposer, acceptor and learner; what they say to one another within a node are messages too. */
export const multiPaxos = defineProtocol<MultiPaxos>({
  name: 'multi-paxos',
  source: 'Lamport, Paxos Made Simple, 2001, section 3; Howard, Malkhi, Spiegelman, Flexible Paxos, 2016',
  summary: 'A replicated log, one instance of Paxos a slot, with phase 1 done once by a stable leader.',
  options: {
    electionTimeoutMsMin: 150,
    electionTimeoutMsMax: 300,
    heartbeatMs: 50,
    q1: null,
    q2: null,
    checkQuorum: true,
    snapshotAfter: 200,
    slotsPerLearnMax: 64,
    alpha: 100,
    configuration: null,
    sessionsMax: 1_000,
    marksDeliveries: false,
  },
  durable: () => ({ maxBal: null, votes: new Map(), snapshot: null, retired: 0 }),
  volatile: () => ({
    role: 'follower',
    ballot: null,
    following: null,
    promises: [],
    reported: new Map(),
    nextSlot: 1,
    proposals: new Map(),
    heardAt: new Map(),
    executedBy: new Map(),
    chosen: new Map(),
    executed: 0,
    machine: emptyKeyValueMachine(),
    configurations: [],
    waiting: new Map(),
    timerResetAt: 0,
    electionTimeout: 0,
    promised: 0,
    lastVoted: 0,
  }),
  onStart(node, { damage }) {
    if (!acceptsQuorums(node)) return;
    // What was promised or voted there is lost: to answer without it could choose a second command.
    if (damage.length > 0) return node.halt(`the disk is damaged: ${damage.map(({ field }) => field).join(', ')}`);
    if (node.bug('forgets-promise')) node.durable.maxBal = null;
    restore(node);
    armElectionTimer(node);
  },
  onMessage: {
    Phase1a: onPhase1a,
    Phase1b: onPhase1b,
    Phase2a: onPhase2a,
    Phase2b: onPhase2b,
    Nack: onNack,
    Heartbeat: onHeartbeat,
    HeartbeatReply: onHeartbeatReply,
    Learn: onLearn,
    InstallSnapshot: onInstallSnapshot,
  },
  onTimer: { election: onElectionTimer, heartbeat: onHeartbeatTimer },
  onRequest: {
    read: (node, { ref, args, session }) => onCommand(node, ref, { op: 'read', key: args.key }, session),
    write: (node, { ref, args, session }) =>
      onCommand(node, ref, { op: 'write', key: args.key, value: args.value }, session),
    cas: (node, { ref, args, session }) =>
      onCommand(node, ref, { op: 'cas', key: args.key, from: args.from, to: args.to }, session),
    append: (node, { ref, args, session }) =>
      onCommand(node, ref, { op: 'append', key: args.key, value: args.value }, session),
    reconfigure: (node, { ref, args, session }) => onReconfigure(node, ref, args.configuration.map(nodeId), session),
  },
  roles: ['follower', 'candidate', 'leader', 'outside'],
  role: ({ id, durable, volatile }) => ({
    name: volatile.role === 'follower' && !mayStand({ id, durable, volatile }) ? 'outside' : volatile.role,
    term: showBallot(volatile.ballot ?? volatile.following ?? durable.maxBal),
  }),
  invariants: multiPaxosInvariants,
  bugs: multiPaxosBugs,
});

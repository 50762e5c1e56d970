import { defineProtocol } from '../../engine/index.js';
import { armElectionTimer } from '../parts/election-timer.js';
import { copyKeyValueMachine, emptyKeyValueMachine } from '../parts/key-value.js';
import { raftBugs } from './bugs.js';
import { onRead, onUpdate } from './client.js';
import { restoreConfigurations } from './configuration.js';
import { onElectionTimer, onPreVote, onPreVoteReply, onRequestVote, onRequestVoteReply } from './election.js';
import { raftInvariants } from './invariants.js';
import { repairDurable } from './log.js';
import { onAddLearner, onAddServer, onChangeMembers, onRemoveServer } from './membership.js';
import { onAppendEntries, onAppendEntriesReply, onBatchTimer, onHeartbeatTimer } from './replication.js';
import type { Raft } from './shape.js';
import { onInstallSnapshot, onInstallSnapshotReply } from './snapshot.js';
import { onTimeoutNow, onTransferLeadership } from './transfer.js';

export type * from './shape.js';

export const raft = defineProtocol<Raft>({
  name: 'raft',
  source:
    'Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm (extended version), 2014; Ongaro, Consensus: Bridging Theory and Practice, 2014',
  summary:
    'A replicated log with a strong leader: elections, replication, snapshots, changes of membership, client sessions and linearizable reads.',
  options: {
    electionTimeoutMsMin: 150,
    electionTimeoutMsMax: 300,
    heartbeatMs: 75,
    preVote: false,
    checkQuorum: false,
    readMode: 'readIndex',
    leaseDriftMax: 0.01,
    snapshotAfter: 200,
    entriesPerAppendMax: 64,
    pipelineMax: 1,
    batchMs: 0,
    pendingMax: 1_000,
    sessionsMax: 1_000,
    voters: [],
    catchUpRoundsMax: 10,
  },
  durable: () => ({ currentTerm: 0, votedFor: null, log: [], snapshot: null }),
  volatile: () => ({
    role: 'follower',
    leader: null,
    configurations: [],
    others: [],
    commitIndex: 0,
    lastApplied: 0,
    machine: emptyKeyValueMachine(),
    timerResetAt: 0,
    electionTimeout: 0,
    leaderHeardAt: null,
    votes: [],
    progress: {},
    termStartIndex: 0,
    round: 0,
    reads: [],
    change: null,
    transfer: null,
    gathering: false,
    leaseGivenUp: false,
    updates: new Map(),
  }),
  onStart(node, start) {
    const { durable, volatile } = node;
    if (start.reason !== 'first' && !repairDurable(node, start.damage)) return;
    if (node.bug('forgets-vote')) durable.votedFor = null;
    if (durable.snapshot !== null) {
      volatile.machine = copyKeyValueMachine(durable.snapshot.machine);
      volatile.commitIndex = durable.snapshot.lastIncludedIndex;
      volatile.lastApplied = durable.snapshot.lastIncludedIndex;
    }
    restoreConfigurations(node);
    // Before the restart this node may have promised a leader its lease: it keeps silent for as long as that could last.
    if (start.reason !== 'first' && node.options.readMode === 'lease') volatile.leaderHeardAt = node.monotonic();
    armElectionTimer(node);
  },
  onMessage: {
    RequestVote: onRequestVote,
    RequestVoteReply: onRequestVoteReply,
    PreVote: onPreVote,
    PreVoteReply: onPreVoteReply,
    AppendEntries: onAppendEntries,
    AppendEntriesReply: onAppendEntriesReply,
    TimeoutNow: onTimeoutNow,
    InstallSnapshot: onInstallSnapshot,
    InstallSnapshotReply: onInstallSnapshotReply,
  },
  onTimer: {
    election: onElectionTimer,
    heartbeat: onHeartbeatTimer,
    batch: onBatchTimer,
  },
  onRequest: {
    read: onRead,
    write: (node, { ref, args, session }) =>
      onUpdate(node, ref, { op: 'write', key: args.key, value: args.value }, session),
    cas: (node, { ref, args, session }) =>
      onUpdate(node, ref, { op: 'cas', key: args.key, from: args.from, to: args.to }, session),
    append: (node, { ref, args, session }) =>
      onUpdate(node, ref, { op: 'append', key: args.key, value: args.value }, session),
    addServer: onAddServer,
    addLearner: onAddLearner,
    removeServer: onRemoveServer,
    changeMembers: onChangeMembers,
    transferLeadership: onTransferLeadership,
  },
  roles: ['follower', 'pre-candidate', 'candidate', 'leader'],
  role: (node) => ({ name: node.volatile.role, term: node.durable.currentTerm }),
  invariants: raftInvariants,
  bugs: raftBugs,
});

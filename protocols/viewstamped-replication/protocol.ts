import { defineProtocol, ms, nodeId, type NodeId } from '../../engine/index.js';
import { armElectionTimer } from '../parts/election-timer.js';
import { emptyKeyValueMachine } from '../parts/key-value.js';
import { viewstampedReplicationBugs } from './bugs.js';
import { onCommand } from './client.js';
import { isPrimary } from './group.js';
import { viewstampedReplicationInvariants } from './invariants.js';
import { emptyCheckpoint } from './log.js';
import { onCommit, onHeartbeatTimer, onLeaseGranted, onPrepare, onPrepareOk } from './normal.js';
import { inThisEpoch, onEpochStarted, onStartEpoch } from './reconfiguration.js';
import { beginRecovery, onCrashVectorReply, onCrashVectorRequest, onRecovery, onRecoveryResponse } from './recovery.js';
import type { Replica, ViewstampedReplication } from './shape.js';
import { onGetState, onNewState } from './state-transfer.js';
import { onDoViewChange, onLeaseTimer, onStartView, onStartViewChange, onElectionTimer } from './view-change.js';

export type { ViewstampedReplication, ViewstampedReplicationBug, ViewstampedReplicationOptions } from './shape.js';

type Handler<M> = (replica: Replica, message: M, from: NodeId) => void;

/** For whoever is of the message's epoch and takes part in it. */
function whileRunning<M extends { readonly e: number }>(handle: Handler<M>): Handler<M> {
  return (replica, message, from) => {
    const { status } = replica.volatile;
    if (!inThisEpoch(replica, message.e, from)) return;
    if (status !== 'recovering' && status !== 'waiting' && status !== 'shut-down') handle(replica, message, from);
  };
}

/** For normal operation and view changes. */
function whileReplica<M extends { readonly e: number }>(handle: Handler<M>): Handler<M> {
  return whileRunning((replica, message, from) => {
    if (replica.volatile.status !== 'transitioning') handle(replica, message, from);
  });
}

function inEpoch<M extends { readonly e: number }>(handle: Handler<M>): Handler<M> {
  return (replica, message, from) => {
    if (inThisEpoch(replica, message.e, from)) handle(replica, message, from);
  };
}

export const viewstampedReplication = defineProtocol<ViewstampedReplication>({
  name: 'viewstamped-replication',
  source:
    'Liskov, Cowling, Viewstamped Replication Revisited, MIT-CSAIL-TR-2012-021, 2012; Michael, Ports, Sharma, Szekeres, Recovering Shared Objects Without Stable Storage, DISC 2017',
  summary: 'A replicated log without disks: views, each with its primary, and replicas that recover from one another.',
  options: {
    electionTimeoutMsMin: 150,
    electionTimeoutMsMax: 300,
    heartbeatMs: 50,
    checkpointAfter: 200,
    windowMax: 1_000,
    sessionsMax: 1_000,
    crashVectors: true,
    truncatesEarly: false,
    fastReads: false,
    leaseMs: 150,
    leaseDriftMax: 0.01,
    configuration: null,
  },
  volatile: () => ({
    status: 'normal',
    viewNumber: 0,
    lastNormalView: 0,
    log: [],
    logStart: 0,
    commitNumber: 0,
    machine: emptyKeyValueMachine(),
    checkpoint: emptyCheckpoint(),
    underWay: new Map(),
    waiting: new Map(),
    prepared: [],
    viewStart: 0,
    opNumberAtHeartbeat: 0,
    leases: new Map(),
    early: new Map(),
    behind: null,
    asked: 0,
    timerResetAt: 0,
    electionTimeout: 0,
    leaseUntil: 0,
    startViewChanges: [],
    doViewChanges: new Map(),
    didViewChange: false,
    crashVector: new Map(),
    nonce: '',
    numbering: null,
    recoveryResponses: new Map(),
    recoverAfter: null,
    epochNumber: 0,
    configuration: [],
    oldConfiguration: [],
    epochStart: 0,
    epochStartView: 0,
    epochStarted: [],
  }),
  onStart(replica, { reason }) {
    const { volatile, options } = replica;
    volatile.configuration = (options.configuration ?? replica.members).map(nodeId);
    armElectionTimer(replica);
    replica.setTimer('heartbeat', ms(options.heartbeatMs));
    if (reason !== 'first') beginRecovery(replica);
    else if (!volatile.configuration.includes(replica.id)) volatile.status = 'waiting';
  },
  onMessage: {
    Prepare: whileReplica(onPrepare),
    PrepareOk: whileReplica(onPrepareOk),
    Commit: whileReplica(onCommit),
    LeaseGranted: whileReplica(onLeaseGranted),
    StartViewChange: whileReplica(onStartViewChange),
    DoViewChange: whileReplica(onDoViewChange),
    StartView: whileReplica(onStartView),
    GetState: whileRunning(onGetState),
    NewState: whileRunning(onNewState),
    CrashVectorRequest: whileReplica(onCrashVectorRequest),
    CrashVectorReply: inEpoch(onCrashVectorReply),
    Recovery: whileReplica(onRecovery),
    RecoveryResponse: inEpoch(onRecoveryResponse),
    StartEpoch: onStartEpoch,
    EpochStarted: whileRunning(onEpochStarted),
  },
  onTimer: { election: onElectionTimer, heartbeat: onHeartbeatTimer, lease: onLeaseTimer },
  onRequest: {
    read: (replica, { ref, args, session }) => onCommand(replica, ref, { op: 'read', key: args.key }, session),
    write: (replica, { ref, args, session }) =>
      onCommand(replica, ref, { op: 'write', key: args.key, value: args.value }, session),
    cas: (replica, { ref, args, session }) =>
      onCommand(replica, ref, { op: 'cas', key: args.key, from: args.from, to: args.to }, session),
    append: (replica, { ref, args, session }) =>
      onCommand(replica, ref, { op: 'append', key: args.key, value: args.value }, session),
    reconfigure: (replica, { ref, args, session }) =>
      onCommand(replica, ref, { op: 'reconfigure', configuration: args.configuration.map(nodeId) }, session),
  },
  roles: ['leader', 'backup', 'view-change', 'recovering', 'waiting', 'transitioning', 'shut-down'],
  // What other protocols call a leader: so that `whom: leader` means the primary.
  role: ({ id, volatile }) => ({
    name: volatile.status !== 'normal' ? volatile.status : isPrimary({ id, volatile }) ? 'leader' : 'backup',
    term: volatile.epochNumber === 0 ? volatile.viewNumber : `${volatile.epochNumber}/${volatile.viewNumber}`,
  }),
  // Who may have to recover once more, in the next epoch, counts as if it had to.
  recovered: ({ volatile }) => volatile.status !== 'recovering' && volatile.recoverAfter === null,
  invariants: viewstampedReplicationInvariants,
  bugs: viewstampedReplicationBugs,
});

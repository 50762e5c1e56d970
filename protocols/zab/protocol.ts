import { defineProtocol } from '../../engine/index.js';
import { emptyKeyValueMachine } from '../parts/key-value.js';
import { onAck, onCommit, onCommitLeader, onPropose, sayAck } from './broadcast.js';
import { zabBugs } from './bugs.js';
import { onCommand, onRead, onSync } from './client.js';
import { restore } from './delivery.js';
import { onAckEpoch, onCEpoch, onNewEpoch, sayAckEpoch } from './discovery.js';
import { lookForLeader, onFinalizeTimer, onNotification, onNotificationTimer } from './election.js';
import { emptyHistory } from './history.js';
import { zabInvariants } from './invariants.js';
import { onOpen, onPing, onReset, onTick } from './liveness.js';
import type { Token, Zab, ZabNode } from './shape.js';
import {
  logLate,
  onAckLeader,
  onDiff,
  onNewLeader,
  onSnap,
  onTrunc,
  sayAckLeader,
  updateCurrentEpoch,
} from './synchronization.js';

export type { Zab, ZabBug, ZabOptions } from './shape.js';

/** Atomic broadcast for a primary and its backups, over connections; on top of it a key-value store. */
export const zab = defineProtocol<Zab>({
  name: 'zab',
  source: 'Junqueira, Reed, Serafini, Zab: High-performance broadcast for primary-backup systems, DSN 2011',
  summary: 'A primary broadcasts to its backups in order, over connections; a new one first brings all up to date.',
  transport: 'connection',
  options: {
    tickMs: 50,
    initLimit: 10,
    syncLimit: 5,
    finalizeWaitMs: 20,
    notificationMs: 50,
    notificationMsMax: 400,
    synchronization: 'paper',
    reads: 'broadcast',
    snapshotAfter: 200,
    outstandingMax: 1_000,
    sessionsMax: 1_000,
    marksDeliveries: false,
  },
  durable: () => ({ acceptedEpoch: 0, currentEpoch: 0, history: emptyHistory() }),
  volatile: () => ({
    state: 'looking',
    phase: 'election',
    session: 0,
    logicalclock: 0,
    vote: null,
    recvset: new Map(),
    outofelection: new Map(),
    finalizing: false,
    notificationMs: 0,
    early: new Map(),
    leader: null,
    promise: null,
    heardAt: 0,
    acknowledged: false,
    syncing: new Map(),
    syncs: 0,
    epoch: 0,
    since: 0,
    learners: new Map(),
    promised: new Map(),
    counter: 0,
    proposals: new Map(),
    waiting: new Map(),
    delivered: 0,
    machine: emptyKeyValueMachine(),
  }),
  onStart(node, { damage }) {
    // What was accepted there is lost: to take part without it could lose what is committed.
    if (damage.length > 0) return node.halt(`the disk is damaged: ${damage.map(({ field }) => field).join(', ')}`);
    if (node.bug('forgets-accepted-epoch')) node.durable.acceptedEpoch = node.durable.currentEpoch;
    restore(node);
    lookForLeader(node);
  },
  onMessage: {
    Notification: onNotification,
    CEPOCH: onCEpoch,
    NEWEPOCH: onNewEpoch,
    'ACK-E': onAckEpoch,
    DIFF: onDiff,
    TRUNC: onTrunc,
    SNAP: onSnap,
    NEWLEADER: onNewLeader,
    'ACK-LD': onAckLeader,
    'COMMIT-LD': onCommitLeader,
    PROPOSE: onPropose,
    ACK: onAck,
    COMMIT: onCommit,
    PING: (node, _, from) => onPing(node, from),
    SYNC: onSync,
  },
  onTimer: { notification: onNotificationTimer, finalize: onFinalizeTimer, tick: onTick },
  onDisk: {
    synced: (node, token) => onSynced(node, token as Token),
    failed: (node, _, error) => node.halt(`the disk refuses: ${error}`),
  },
  onConnection: { reset: onReset, open: onOpen },
  onRequest: {
    read: (node, { ref, args, session }) => onRead(node, ref, args.key, session),
    write: (node, { ref, args, session }) =>
      onCommand(node, ref, { op: 'write', key: args.key, value: args.value }, session),
    cas: (node, { ref, args, session }) =>
      onCommand(node, ref, { op: 'cas', key: args.key, from: args.from, to: args.to }, session),
    append: (node, { ref, args, session }) =>
      onCommand(node, ref, { op: 'append', key: args.key, value: args.value }, session),
  },
  roles: ['looking', 'follower', 'prospective', 'leader'],
  role: ({ durable, volatile: { state, phase, epoch } }) => {
    if (state === 'looking') return { name: 'looking', term: durable.acceptedEpoch };
    if (state === 'following') return { name: 'follower', term: durable.acceptedEpoch };
    return { name: phase === 'broadcast' ? 'leader' : 'prospective', term: epoch };
  },
  invariants: zabInvariants,
  bugs: zabBugs,
});

/** What was written before is on the disk. What was for an earlier leader is over. */
function onSynced(node: ZabNode, token: Token): void {
  if (token.session !== node.volatile.session) return;
  switch (token.then) {
    case 'ACK-E':
      return sayAckEpoch(node, token.promise);
    case 'currentEpoch':
      return updateCurrentEpoch(node, token.epoch);
    case 'history':
      return logLate(node, token);
    case 'ACK-LD':
      return sayAckLeader(node, token.epoch, token.zxid);
    case 'ACK':
      return sayAck(node, token.zxid);
  }
}

import { defineProtocol } from '../../engine/index.js';
import { emptyKeyValueMachine } from '../parts/key-value.js';
import { onCopy, onHeartbeat, onState } from './backup.js';
import { primaryBackupBugs } from './bugs.js';
import { onRead, onUpdate } from './client.js';
import { onAcknowledge, onHeartbeatTimer, sendCopies, serve } from './copying.js';
import { onClaim, onElectionTimer, onGrant, onRefuse, onStart } from './failover.js';
import { onRecord, onRecorded } from './in-sync.js';
import { primaryBackupInvariants } from './invariants.js';
import type { PrimaryBackup } from './shape.js';

export { promisesLinearizability } from './promises.js';
export type { Fencing, Mode, PrimaryBackup, PrimaryBackupBug, PrimaryBackupOptions } from './shape.js';

export const primaryBackup = defineProtocol<PrimaryBackup>({
  name: 'primary-backup',
  source: 'Alsberg and Day 1976; Budhiraja, Marzullo, Schneider, Toueg 1993; Lin et al., PacificA, 2008',
  summary: 'One node does and copies, others stand by: with all that this may promise, or not, by its options.',
  options: {
    mode: 'synchronous',
    acknowledgements: 1,
    copyDelayMs: 0,
    failover: 'automatic',
    fencing: 'witnesses',
    primary: 'n1',
    witnesses: [],
    heartbeatMs: 50,
    electionTimeoutMsMin: 150,
    electionTimeoutMsMax: 300,
    readMode: 'confirmed',
    windowMax: 500,
    updatesPerCopyMax: 64,
    sessionsMax: 1_000,
  },
  durable: () => ({
    vote: { epoch: 1, votedFor: null },
    replica: { epoch: 1, seq: 0, machine: emptyKeyValueMachine() },
    configuration: null,
  }),
  volatile: () => ({
    role: 'backup',
    primary: null,
    heardPrimaryAt: null,
    letsPass: 0,
    grants: [],
    found: null,
    recorded: [],
    proposed: null,
    version: 0,
    joining: new Map(),
    progress: new Map(),
    updates: new Map(),
    copied: 0,
    copiedBefore: 0,
    round: 0,
    waiting: [],
    early: new Map(),
    tookOverFrom: null,
    acknowledged: null,
    timerResetAt: 0,
    electionTimeout: 0,
  }),
  onStart,
  onMessage: {
    Copy: onCopy,
    State: onState,
    Heartbeat: onHeartbeat,
    Acknowledge: onAcknowledge,
    Claim: onClaim,
    Grant: onGrant,
    Record: onRecord,
    Recorded(node, message, from) {
      onRecorded(node, message, from);
      serve(node);
    },
    Refuse: onRefuse,
  },
  onTimer: {
    election: onElectionTimer,
    heartbeat: onHeartbeatTimer,
    copy: (node, _, seq) => sendCopies(node, Number(seq)),
  },
  onRequest: {
    read: (node, { ref, args }) => onRead(node, ref, args.key),
    write: (node, { ref, args, session }) =>
      onUpdate(node, ref, { op: 'write', key: args.key, value: args.value }, session),
    cas: (node, { ref, args, session }) =>
      onUpdate(node, ref, { op: 'cas', key: args.key, from: args.from, to: args.to }, session),
    append: (node, { ref, args, session }) =>
      onUpdate(node, ref, { op: 'append', key: args.key, value: args.value }, session),
  },
  roles: ['backup', 'candidate', 'primary', 'witness'],
  role: ({ durable, volatile }) => ({ name: volatile.role, term: durable.vote.epoch }),
  invariants: primaryBackupInvariants,
  bugs: primaryBackupBugs,
});

import { defineProtocol } from '../../engine/index.js';
import { emptyStorage } from '../parts/fenced-storage.js';
import { bugs } from './bugs.js';
import { invariants } from './invariants.js';
import {
  awaitLeader,
  beat,
  onAdd,
  onFenced,
  onHeartbeat,
  onHeartbeatOk,
  onMounted,
  onRequestVote,
  onStorageOpen,
  onStorageReset,
  onVote,
  standForElection,
  storageOf,
} from './leadership.js';
import type { SplitBrain } from './shape.js';
import { onMount, onWrite } from './storage.js';

export type { SplitBrain } from './shape.js';

export const splitBrain = defineProtocol<SplitBrain>({
  name: 'split-brain',
  source: 'clusters with a shared disk; Kleppmann 2016',
  summary:
    'A cluster with one leader and a shared storage, cut in two: with and without a quorum, with and without fencing.',
  // A leader writes without waiting for the last write, so the storage must get its writes in order.
  transport: 'connection',
  options: { quorum: true, fencing: true, heartbeatMs: 50, electionMs: 150, stepDownMs: 900 },
  durable: () => ({ epoch: 0, votedFor: null, storage: emptyStorage() }),
  volatile: () => ({ role: 'follower', leader: null, votes: [], answered: new Map(), image: null }),

  onStart(node) {
    if (node.id !== storageOf(node)) awaitLeader(node);
  },

  onRequest: {
    add(node, request) {
      if (node.id === storageOf(node)) node.redirect(request.ref, null);
      else onAdd(node, request);
    },
  },

  onConnection: {
    reset: onStorageReset,
    open: onStorageOpen,
  },

  onMessage: {
    Heartbeat: onHeartbeat,
    HeartbeatOk: onHeartbeatOk,
    RequestVote: onRequestVote,
    Vote: onVote,
    Mount: onMount,
    Mounted: onMounted,
    Write: onWrite,
    Written: (node, { ref, value }) => node.reply(ref, value),
    Fenced: onFenced,
  },

  onTimer: { heartbeat: beat, election: standForElection },

  roles: ['storage', 'follower', 'candidate', 'leader'],
  role({ id, members, durable, volatile }) {
    return id === storageOf({ members }) ? { name: 'storage' } : { name: volatile.role, term: durable.epoch };
  },
  invariants,
  bugs,
});

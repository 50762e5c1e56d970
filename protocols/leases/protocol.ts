import { defineProtocol } from '../../engine/index.js';
import { emptyStorage } from '../parts/fenced-storage.js';
import { bugs } from './bugs.js';
import {
  beginLife,
  lapse,
  onAdd,
  onAskAgain,
  onGranted,
  onHeld,
  onPatience,
  onReadOk,
  onRefused,
  onWorkDone,
  onWriteOk,
} from './holder.js';
import { invariants } from './invariants.js';
import { onAcquire, onRelease, openForService } from './lock-service.js';
import { showToken, type Leases } from './shape.js';
import { onRead, onWrite, openStorage } from './storage.js';

export type { Lease, Leases, Section, Token } from './shape.js';

export const leases = defineProtocol<Leases>({
  name: 'leases',
  source: 'Gray and Cheriton 1989; Burrows 2006; Kleppmann 2016',
  summary:
    'A lock for a while: a lease by clocks that differ, and a token by which the storage knows who comes too late.',
  // One node's messages to the storage keep their order, so that a token tells holders apart, and need not number writes.
  transport: 'connection',
  options: {
    termMs: 1000,
    driftPpmMax: 1000,
    clock: 'monotonic',
    fencing: true,
    workMs: 20,
    marginMs: 50,
    patienceMs: 200,
    clocksKept: true,
  },
  durable: () => ({ epoch: 0, longestTermMs: 0, storage: emptyStorage() }),
  volatile: () => ({
    service: { granted: null, freeAt: 0, grants: 0 },
    refused: null,
    holder: { lease: null, isAsking: false, notBefore: 0, section: null, lastSection: 0, waiting: [] },
  }),

  onStart(node) {
    if (node.id === node.members[0]) openForService(node);
    else if (node.id === node.members[1]) openStorage(node);
    else beginLife(node);
  },

  onRequest: {
    add(node, request) {
      const [service, storage] = node.members;
      if (node.id === service || node.id === storage) node.redirect(request.ref, null);
      else onAdd(node, request);
    },
  },

  onMessage: {
    Acquire: onAcquire,
    Release: onRelease,
    Granted: onGranted,
    Held: onHeld,
    Read: onRead,
    Write: onWrite,
    ReadOk: onReadOk,
    WriteOk: onWriteOk,
    Refused: onRefused,
  },

  onTimer: {
    askAgain: onAskAgain,
    lapse,
    work: onWorkDone,
    patience: (node, { section }) => onPatience(node, section),
  },

  /** `leader`, as for other protocols, is whoever may act alone now: the holder of the lease. */
  roles: ['lock-service', 'storage', 'leader', 'waiting', 'idle'],
  role({ id, members, durable, volatile }) {
    if (id === members[0]) return { name: 'lock-service', term: durable.epoch };
    if (id === members[1]) return { name: 'storage' };
    const { lease, waiting } = volatile.holder;
    if (lease !== null) return { name: 'leader', term: showToken(lease.token) };
    return { name: waiting.length > 0 ? 'waiting' : 'idle' };
  },
  invariants,
  bugs,
});

import { defineProtocol } from '../../engine/index.js';
import { abdBugs } from './bugs.js';
import { abdInvariants } from './invariants.js';
import { onAgain, onQueryReply, onRead, onUpdateReply, onWrite, refuse } from './operations.js';
import { onQuery, onUpdate } from './replica.js';
import type { Abd } from './shape.js';

export type { Abd, AbdBug, AbdOptions } from './shape.js';

/** Every node is a replica, and the reader or writer for the clients that ask it; what it says to itself is a message too. */
export const abd = defineProtocol<Abd>({
  name: 'abd',
  source: 'Attiya, Bar-Noy, Dolev, JACM 1995; Lynch and Shvartsman, FTCS 1997',
  summary: 'Atomic registers held by a majority: no leader, two round trips for a read and for a write.',
  options: { writer: null, retransmitMs: 60, giveUpMs: 2_000, pendingMax: 1_000 },
  durable: () => ({ life: 0, registers: new Map() }),
  volatile: () => ({
    operations: new Map(),
    begun: 0,
    issued: 0,
    lastStored: null,
    stored: 0,
    lastCompleted: null,
    completed: 0,
  }),
  onStart(node, { damage }) {
    // What was acknowledged there is lost: to answer without it could make a majority forget.
    if (damage.length > 0) return node.halt(`the disk is damaged: ${damage.map(({ field }) => field).join(', ')}`);
    node.durable.life += 1;
    if (node.bug('forgets-registers')) node.durable.registers = new Map();
  },
  onMessage: { Query: onQuery, QueryReply: onQueryReply, Update: onUpdate, UpdateReply: onUpdateReply },
  onTimer: { again: onAgain },
  onRequest: {
    read: (node, { ref, args }) => onRead(node, ref, args.key),
    write: (node, { ref, args }) => onWrite(node, ref, args.key, args.value),
    cas: (node, { ref }) => refuse(node, ref, 'compare and set'),
    append: (node, { ref }) => refuse(node, ref, 'append'),
  },
  roles: ['writer', 'replica'],
  role: ({ id, options }) => ({ name: id === options.writer ? 'writer' : 'replica' }),
  invariants: abdInvariants,
  bugs: abdBugs,
});

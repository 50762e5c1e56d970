import { defineProtocol } from '../../engine/index.js';
import { bugs } from './bugs.js';
import { begin, onStep } from './execution.js';
import { invariants } from './invariants.js';
import type { Transactions } from './shape.js';
import { logLate, recover } from './versions.js';

export type { Asked, Step, Transactions } from './shape.js';

export const transactions = defineProtocol<Transactions>({
  name: 'transactions',
  source: 'Berenson et al. 1995; Gray et al. 1976; Kung and Robinson 1981',
  summary: 'A transactional store on one node: locks at four levels of isolation, snapshots, or validation at the end.',
  options: {
    concurrency: 'locking',
    level: 'serializable',
    thinkMs: 20,
    rollbackChance: 0,
    checkpointEvery: 50,
    filled: [],
    balances: {},
    runningMax: 100,
  },
  durable: () => ({ checkpoint: { commit: 0, values: {} }, log: [] }),
  volatile: () => ({
    commits: 0,
    lastId: 0,
    running: new Map(),
    versions: new Map(),
    locks: new Map(),
    validated: [],
    unlogged: [],
  }),
  onStart: recover,
  onRequest: { txn: begin },
  onTimer: { step: onStep, log: logLate },
  roles: ['locking', 'snapshot', 'optimistic'],
  role: ({ options }) => ({ name: options.concurrency }),
  invariants,
  bugs,
});

import { formatDuration, invariant, ms, type Invariant, type Micros, type NodeId } from '../../engine/index.js';
import { atomicCommitment } from '../parts/atomic-commitment.js';
import { isDecided } from './log.js';
import type { LogRecord, ThreePhaseCommit, Transaction } from './shape.js';

/** Each coordinator that fails costs its detection (two time-outs) and at most two answers that do not come. */
const TIMEOUTS_A_COORDINATOR = 5;

/** What the third phase is for. Who has recovered is not operational: it may have to wait for somebody who knows. */
const nonBlocking = invariant<ThreePhaseCommit>()({
  name: 'non-blocking',
  says: 'A node that has not failed since it voted decides within bounded time, whoever else has failed.',
  source: 'Skeen 1981; Bernstein, Hadzilacos, Goodman 1987, section 7.5',
  memory: () => new Map<NodeId, Map<Transaction, Micros>>(),
  afterStep(memory, node, world) {
    const { live } = node.volatile;
    let since = memory.get(node.id);
    if (since === undefined) memory.set(node.id, (since = new Map()));
    if (since.size > live.size) for (const txn of since.keys()) if (!live.has(txn)) since.delete(txn);
    if (live.size === 0) return null;
    const limit = TIMEOUTS_A_COORDINATOR * node.members.length * ms(node.options.timeoutMs);
    for (const [txn, { phase }] of live) {
      if (phase === 'recover') continue;
      const began = since.get(txn);
      if (began === undefined) since.set(txn, world.now);
      else if (world.now - began > limit) {
        return `${node.id} has not failed, and not decided on ${txn} for ${formatDuration(world.now - began)}`;
      }
    }
    return null;
  },
});

export const invariants: readonly Invariant<ThreePhaseCommit>[] = [
  ...atomicCommitment<ThreePhaseCommit, Readonly<LogRecord>>({
    log: ({ log }) => log,
    stateOf: ({ state }) => (isDecided(state) ? state : 'yes'),
    hasRestarted: ({ volatile }) => volatile.restarted,
    patience: ({ options }) => options,
  }),
  nonBlocking,
];

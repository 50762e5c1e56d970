import { formatDuration, invariant, ms, type Invariant, type Micros, type NodeView } from '../../engine/index.js';
import { atomicCommitment, type CommitmentState } from '../parts/atomic-commitment.js';
import { isDecided } from './log.js';
import type { ThreePhaseCommit } from './shape.js';

type View = NodeView<ThreePhaseCommit>;

function states({ log }: View['durable']): [string, CommitmentState][] {
  return [...log].map(([txn, { state }]) => [txn, isDecided(state) ? state : 'yes']);
}

/** Each coordinator that fails costs its detection (two time-outs) and at most two answers that do not come. */
const TIMEOUTS_A_COORDINATOR = 5;

/** What the third phase is for. Who has recovered is not operational: it may have to wait for somebody who knows. */
const nonBlocking = invariant<ThreePhaseCommit>()({
  name: 'non-blocking',
  says: 'A node that has not failed since it voted decides within bounded time, whoever else has failed.',
  source: 'Skeen 1981; Bernstein, Hadzilacos, Goodman 1987, section 7.5',
  memory: () => new Map<string, Micros>(),
  afterStep(since, node, world) {
    const limit = TIMEOUTS_A_COORDINATOR * node.members.length * ms(node.options.timeoutMs);
    for (const [txn, { phase }] of node.volatile.live) {
      if (phase === 'recover') continue;
      const key = `${node.id} ${txn}`;
      if (!since.has(key)) since.set(key, world.now);
      const waits = world.now - since.get(key)!;
      if (waits > limit) return `${node.id} has not failed, and not decided on ${txn} for ${formatDuration(waits)}`;
    }
    return null;
  },
});

export const invariants: readonly Invariant<ThreePhaseCommit>[] = [
  ...atomicCommitment<ThreePhaseCommit>({
    records: ({ durable }) => states(durable),
    stable: ({ synced }) => states(synced),
    hasRestarted: ({ volatile }) => volatile.restarted,
    patience: ({ options }) => options,
  }),
  nonBlocking,
];

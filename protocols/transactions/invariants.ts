import { invariant, type Invariant } from '../../engine/index.js';
import { deadlockThrough } from './lock-table.js';
import type { Transactions } from './shape.js';

const noConflictingLocks = invariant<Transactions>()({
  name: 'no conflicting locks',
  says: 'While a transaction holds a key exclusively, no other holds it at all.',
  source: 'Gray et al. 1976',
  memory: () => null,
  afterStep(_, node) {
    for (const [key, { holders }] of node.volatile.locks) {
      const exclusive = holders.find(({ mode }) => mode === 'X');
      const other = exclusive === undefined ? undefined : holders.find(({ id }) => id !== exclusive.id);
      if (other !== undefined) return `T${exclusive!.id} holds ${key} exclusively, and T${other.id} holds it too`;
    }
    return null;
  },
});

const noDeadlockLasts = invariant<Transactions>()({
  name: 'no deadlock lasts',
  says: 'After each step no transactions wait for each other in a circle.',
  source: 'Gray and Reuter 1993',
  memory: () => null,
  afterStep(_, node) {
    const { running, locks } = node.volatile;
    for (const [id, { waitsFor }] of running) {
      const circle = waitsFor === null ? null : deadlockThrough(locks, running, id);
      if (circle !== null) return `${circle.map((one) => `T${one}`).join(', ')} wait for each other`;
    }
    return null;
  },
});

const undoIsComplete = invariant<Transactions>()({
  name: 'undo is complete',
  says: 'What is not committed belongs to a transaction that is running.',
  source: 'Gray and Reuter 1993: atomicity',
  memory: () => null,
  afterStep(_, node) {
    for (const [key, versions] of node.volatile.versions) {
      const left = versions.find(({ at, by }) => at === null && !node.volatile.running.has(by));
      if (left !== undefined) return `${key} holds what T${left.by} wrote, which has ended and has not committed`;
    }
    return null;
  },
});

const snapshotsStay = invariant<Transactions>()({
  name: 'snapshots stay',
  says: 'For every running transaction, each key has the version that its snapshot shows.',
  source: 'Berenson et al. 1995, section 4.2',
  memory: () => null,
  afterStep(_, node) {
    if (node.options.concurrency !== 'snapshot') return null;
    for (const { id, start } of node.volatile.running.values()) {
      for (const [key, versions] of node.volatile.versions) {
        const oldest = versions[0]!.at!;
        if (oldest > start)
          return `T${id} sees the state after commit ${start}, and ${key} begins with that of ${oldest}`;
      }
    }
    return null;
  },
});

export const invariants: readonly Invariant<Transactions>[] = [
  noConflictingLocks,
  undoIsComplete,
  noDeadlockLasts,
  snapshotsStay,
];

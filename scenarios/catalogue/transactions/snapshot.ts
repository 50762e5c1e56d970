import { transactions } from '../../../protocols/transactions/protocol.js';
import { defineScenario } from '../../scenario.js';
import { clientsOf, mixed, skewed } from './workload.js';

const snapshots = { nodes: 1, options: { concurrency: 'snapshot' }, until: '6s' } as const;

export const snapshot = defineScenario({
  ...snapshots,
  protocol: transactions,
  name: 'transactions/snapshot',
  summary: 'Each transaction reads what had committed when it began, and of two that write the same the first wins.',
  teaches:
    'Nobody waits, and no update is lost. With --bug forgets-first-committer some are; with --bug snapshot-per-statement ' +
    'one transaction sees two states; with --bug vacuums-too-early it asks for a version that is gone.',
  clients: clientsOf(mixed, { stop: '5s' }),
  check: { isolation: 'strong-snapshot-isolation' },
  progress: '2s',
});

export const writeSkew = defineScenario({
  ...snapshots,
  protocol: transactions,
  name: 'transactions/write-skew',
  summary: 'Two transactions read both lists, and each appends to another one: under snapshot isolation both commit.',
  teaches:
    'Write skew (A5B): the two write nothing in common, so that nobody is refused, and yet no order explains both. ' +
    'Compare --set options.concurrency=optimistic, where what was read counts.',
  clients: clientsOf(skewed, { stop: '5s' }),
  check: { isolation: 'serializable' },
  expects: { violation: 'serializable' },
});

import { transactions } from '../../../protocols/transactions/protocol.js';
import { defineScenario } from '../../scenario.js';
import { clientsOf, mixed } from './workload.js';

/** Reads take no locks, and one transaction in five is rolled back in the end. */
const uncommitted = {
  nodes: 1,
  options: { level: 'read-uncommitted', rollbackChance: 0.2 },
  until: '6s',
  clients: clientsOf(mixed, { stop: '5s' }),
} as const;

export const readUncommitted = defineScenario({
  ...uncommitted,
  protocol: transactions,
  name: 'transactions/read-uncommitted',
  summary: 'Reads take no locks at all; writes hold theirs to the end. Writes of two transactions never mix.',
  teaches:
    'The weakest level still forbids dirty writes (P0). With --bug releases-write-locks-early two transactions write two lists in ' +
    'opposite orders, which no undo could ever take apart.',
  check: { isolation: 'read-uncommitted' },
});

export const dirtyRead = defineScenario({
  ...uncommitted,
  protocol: transactions,
  name: 'transactions/dirty-read',
  summary: 'The same store, judged by the next stronger level: somebody reads what was rolled back later.',
  teaches:
    'Dirty read (P1): what was read never was, as far as anybody else can tell. It takes read locks, however short, to prevent it.',
  check: { isolation: 'read-committed' },
  expects: { violation: 'read-committed' },
});

import { transactions } from '../../../protocols/transactions/protocol.js';
import { defineScenario } from '../../scenario.js';
import { append, clientsOf, mixed, read, write } from './workload.js';

const committed = { nodes: 1, options: { level: 'read-committed', rollbackChance: 0.2 }, until: '6s' } as const;

export const readCommitted = defineScenario({
  ...committed,
  protocol: transactions,
  name: 'transactions/read-committed',
  summary: 'A read takes a lock for as long as it reads: it waits for writers, and sees only what has committed.',
  teaches:
    'Short read locks prevent dirty reads, and nothing else: see transactions/fuzzy-read and transactions/lost-update.',
  clients: clientsOf(mixed, { stop: '5s' }),
  check: { isolation: 'strong-read-committed' },
});

export const fuzzyRead = defineScenario({
  ...committed,
  protocol: transactions,
  name: 'transactions/fuzzy-read',
  summary: 'A transaction reads the same list twice, and another one appends to it in between.',
  teaches: 'Non-repeatable or fuzzy read (P2): a read lock that is gone protects nothing. Long read locks do.',
  clients: clientsOf([[read('x'), read('x')], [append('x')]], { stop: '5s' }),
  check: { isolation: 'repeatable-read' },
  expects: { violation: 'repeatable-read' },
});

export const lostUpdate = defineScenario({
  ...committed,
  protocol: transactions,
  name: 'transactions/lost-update',
  summary: 'Two transactions read the same value, and each writes a new one: the second does not know of the first.',
  teaches:
    'Lost update (P4). READ COMMITTED allows it; snapshot isolation does not, as the first committer wins, ' +
    'nor does SERIALIZABLE, where the two would wait for each other and one would be the victim.',
  clients: clientsOf([[read('x'), write('x')]], { stop: '5s' }),
  check: { isolation: 'snapshot-isolation' },
  expects: { violation: 'snapshot-isolation' },
});

import { transactions } from '../../../protocols/transactions/protocol.js';
import { defineScenario } from '../../scenario.js';
import { clientsOf, mixed, skewed } from './workload.js';

export const optimistic = defineScenario({
  protocol: transactions,
  name: 'transactions/optimistic',
  summary: 'Nobody waits and nobody locks; at its end each transaction is held against those that committed meanwhile.',
  teaches:
    'Backward validation: what was read must not have been overwritten since the start. Where much is contended many are refused. ' +
    'With --bug validates-without-read-set write skew gets through, with --bug starts-at-last-read what an early read has missed.',
  nodes: 1,
  options: { concurrency: 'optimistic' },
  until: '6s',
  clients: clientsOf([...mixed, ...skewed], { stop: '5s' }),
  check: { isolation: 'strict-serializable' },
  progress: '2s',
});

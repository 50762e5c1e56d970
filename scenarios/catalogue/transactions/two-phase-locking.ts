import { transactions } from '../../../protocols/transactions/protocol.js';
import { defineScenario } from '../../scenario.js';
import { clientsOf, mixed } from './workload.js';

export const twoPhaseLocking = defineScenario({
  protocol: transactions,
  name: 'transactions/two-phase-locking',
  summary: 'Six clients, three lists, and every lock is held to the end: as if one transaction ran after the other.',
  teaches:
    'Strict two-phase locking is serializable, also in real time. The price shows in the marks: transactions wait, and some are victims ' +
    'of deadlocks. With --bug releases-read-locks-early what was read is overwritten before the reader has ended.',
  nodes: 1,
  until: '6s',
  clients: clientsOf(mixed, { stop: '5s' }),
  check: { isolation: 'strict-serializable' },
  progress: '2s',
});

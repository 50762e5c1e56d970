import { transactions } from '../../../protocols/transactions/protocol.js';
import { defineScenario } from '../../scenario.js';
import { clientsOf, mixed } from './workload.js';

export const crash = defineScenario({
  protocol: transactions,
  name: 'transactions/crash',
  summary: 'The store crashes again and again in the middle of its work, and comes back with what had committed.',
  teaches:
    'A commit is on the disk before its client hears of it; what was under way at the crash is as if it had never been. With ' +
    '--bug replies-before-logging clients are told too early, and later reads miss what was promised.',
  nodes: 1,
  options: { checkpointEvery: 20 },
  disk: { syncLatency: { uniform: ['1ms', '5ms'] }, loseUnsynced: true, torn: 0.3 },
  until: '10s',
  clients: clientsOf(mixed, { stop: '9s', timeout: '500ms' }),
  faults: [{ do: 'crash', whom: 'n1', at: '700ms', for: '100ms', times: 9, every: '900ms' }],
  check: { isolation: 'strict-serializable' },
  progress: '1s',
});

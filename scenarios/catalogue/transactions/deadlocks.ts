import { transactions } from '../../../protocols/transactions/protocol.js';
import { defineScenario } from '../../scenario.js';
import { append, clientsOf } from './workload.js';

export const deadlocks = defineScenario({
  protocol: transactions,
  name: 'transactions/deadlocks',
  summary: 'Three kinds of transactions take three locks in a circle: again and again all wait for each other.',
  teaches:
    'Whoever has to wait looks for a circle in the waits-for graph; its youngest transaction is undone and its client told. With ' +
    '--bug sees-direct-deadlocks-only three wait for ever; with --bug keeps-writes-of-victims what was undone is still there.',
  nodes: 1,
  until: '6s',
  clients: clientsOf(
    [
      [append('x'), append('y')],
      [append('y'), append('z')],
      [append('z'), append('x')],
    ],
    { stop: '5s' },
  ),
  check: { isolation: 'strict-serializable' },
  progress: '2s',
});

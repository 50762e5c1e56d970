import { transactions } from '../../../protocols/transactions/protocol.js';
import { defineScenario } from '../../scenario.js';
import { clientsOf, mixed, phantoms } from './workload.js';

export const repeatableRead = defineScenario({
  protocol: transactions,
  name: 'transactions/repeatable-read',
  summary: 'Read locks on items are held to the end, and every item was there from the start.',
  teaches:
    'As long as nobody asks for what does not exist, locks on items are enough: no circle of dependencies goes through what was read. ' +
    'See transactions/phantom for the rest.',
  nodes: 1,
  options: { level: 'repeatable-read', filled: ['x', 'y', 'z'] },
  until: '6s',
  clients: clientsOf(mixed, { stop: '5s' }),
  check: { isolation: 'strong-repeatable-read' },
});

export const phantom = defineScenario({
  protocol: transactions,
  name: 'transactions/phantom',
  summary:
    'Two transactions find that neither item exists, and each makes one of them: at REPEATABLE READ both commit.',
  teaches:
    'Phantom (P3). What does not exist cannot be locked as an item. Whether it exists is a predicate, and those are locked to the end ' +
    'at SERIALIZABLE only: with --set options.level=serializable one of the two is the victim of a deadlock.',
  nodes: 1,
  options: { level: 'repeatable-read', thinkMs: 100 },
  until: '1s',
  script: phantoms,
  check: { isolation: 'serializable' },
  expects: { violation: 'serializable' },
});

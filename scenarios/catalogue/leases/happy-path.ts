import { leases } from '../../../protocols/leases/protocol.js';
import { defineScenario } from '../../scenario.js';
import { adding, whenChecked } from './course.js';

export const happyPath = defineScenario({
  protocol: leases,
  name: 'leases/happy-path',
  summary: 'Three nodes take turns at a lock, and add to a count in a storage. Nothing fails.',
  teaches:
    'A lease is a lock that ends by itself. Whoever has it reads, works, writes, extends it while there is work, and gives it ' +
    'back. Each new holder has a higher token. With --bug refuses-equal-token a holder can use its own only once.',
  nodes: ['lock', 'storage', 'a', 'b', 'c'],
  until: '6s',
  clients: { ...adding, target: { nodes: ['a', 'b', 'c'] }, stop: '5s' },
  properties: [{ property: 'mutual exclusion', enter: whenChecked, leave: { mark: 'left-section' } }],
  progress: '2s',
});

import { leases } from '../../../protocols/leases/protocol.js';
import { defineScenario } from '../../scenario.js';
import { busy, CLUSTER } from './course.js';

export const delayedReply = defineScenario({
  protocol: leases,
  name: 'leases/delayed-reply',
  summary: 'A granted lease is most of its term on its way to the holder.',
  teaches:
    'The service counts from when it grants, and the answer may take any time. So a holder counts from when it asked, which is ' +
    'earlier. With --bug counts-from-reply it believes in a lease that somebody else has got meanwhile.',
  nodes: CLUSTER,
  options: { patienceMs: 900, fencing: false },
  until: '4s',
  network: { links: [{ from: 'lock', to: 'a', types: ['Granted'], latency: '800ms' }] },
  script: [...busy('a', 10, 70), ...busy('b', 1000, 10)],
});

import { leases } from '../../../protocols/leases/protocol.js';
import { defineScenario } from '../../scenario.js';
import { busy, CLUSTER } from './course.js';

export const serviceRestart = defineScenario({
  protocol: leases,
  name: 'leases/service-restart',
  summary:
    'The lock service restarts while a lease is out. It remembers no lease, and waits for as long as one may last.',
  teaches:
    'On its disk are two numbers: the longest term that it ever granted, and how many lives it has had. The first tells it how ' +
    'long to wait (--bug forgets-leases), the second makes all its new tokens higher than the old ones (--bug reuses-tokens).',
  nodes: CLUSTER,
  options: { fencing: false },
  until: '6s',
  // The holder has work all the time, and cannot extend its lease while the service does not know it.
  script: [...busy('a', 10, 120), ...busy('b', 550, 20)],
  faults: [{ do: 'crash', whom: 'lock', at: '600ms', for: '50ms' }],
});

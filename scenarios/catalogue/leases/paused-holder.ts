import { leases } from '../../../protocols/leases/protocol.js';
import { defineScenario } from '../../scenario.js';
import { adding, CLUSTER, whenChecked } from './course.js';

export const pausedHolder = defineScenario({
  protocol: leases,
  name: 'leases/paused-holder',
  summary: 'A holder checks its lease, is frozen for three seconds, and then writes: the token gives it away.',
  teaches:
    'Between looking at the lease and writing anything may happen: a garbage collection, a virtual machine that is moved. No ' +
    'clock helps. The storage refuses whoever comes with a lower token than it has seen. With --bug checks-no-token the write ' +
    'gets through, and what others wrote meanwhile is lost.',
  nodes: CLUSTER,
  until: '8s',
  clients: { ...adding, timeout: '1s', stop: '7s' },
  faults: [{ do: 'pause', whom: 'subject', when: whenChecked, for: '3s' }],
  progress: '2s',
});

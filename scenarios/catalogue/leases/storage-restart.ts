import { leases } from '../../../protocols/leases/protocol.js';
import { defineScenario } from '../../scenario.js';
import { aThenB, CLUSTER, whenChecked } from './course.js';

export const storageRestart = defineScenario({
  protocol: leases,
  name: 'leases/storage-restart',
  summary: 'The storage restarts just before a write arrives that it should refuse.',
  teaches:
    'The storage must remember the highest token as safely as what it stores. With --bug storage-forgets-token it begins anew, and ' +
    'takes the write of a holder that was frozen for three seconds.',
  nodes: CLUSTER,
  until: '5s',
  // Over a connection the holder would first hear that the storage it knew is gone.
  network: { transport: 'datagram' },
  script: aThenB('1500ms'),
  faults: [
    { do: 'pause', whom: 'subject', when: whenChecked, for: '3s' },
    { do: 'crash', whom: 'storage', when: whenChecked, after: '2500ms', for: '100ms' },
  ],
});

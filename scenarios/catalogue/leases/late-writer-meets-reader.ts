import { leases } from '../../../protocols/leases/protocol.js';
import { defineScenario } from '../../scenario.js';
import { aThenB, CLUSTER, whenChecked } from './course.js';

export const lateWriterMeetsReader = defineScenario({
  protocol: leases,
  name: 'leases/late-writer-meets-reader',
  summary: 'A holder that was frozen wakes when its successor has read, and has not written yet.',
  teaches:
    'The storage must learn of the new token before the new holder relies on what it reads. So reads bring the token too. With ' +
    '--bug reads-without-token the late write is taken, and the successor overwrites it without having seen it.',
  nodes: CLUSTER,
  options: { workMs: 400 },
  until: '4s',
  script: aThenB('1300ms'),
  faults: [{ do: 'pause', whom: 'subject', when: whenChecked, for: '1500ms' }],
});

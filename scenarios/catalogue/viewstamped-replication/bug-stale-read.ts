import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { read, standingAfter, write } from '../store-course.js';
import { oneCourse } from './workload.js';

export const bugStaleRead = defineScenario({
  ...oneCourse,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/bug-stale-read',
  summary: 'A primary that was cut off, and does not know that there is a later view, is asked for a value.',
  teaches:
    'To be primary is not enough to answer a read: another one may lead by now. So a read goes through the log, or needs leases. With ' +
    '--bug reads-local, n1 answers with a value that was overwritten before the question was asked.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n2: 200 }),
  until: '1500ms',
  script: [write('620ms', 'c1', 'n2', 1), read('700ms', 'c2', 'n1')],
  faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: '250ms', for: '550ms' }],
});

import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { read, standingAfter, write } from '../store-course.js';
import { cutOff, oneCourse } from './workload.js';

export const bugForgottenLease = defineScenario({
  ...oneCourse,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/bug-forgotten-lease',
  summary: 'The two backups whose leases the primary holds crash and recover, and the view changes without it.',
  teaches:
    'A lease is a promise too, and a crash forgets it: so a replica that has recovered waits for as long as a lease can last. With ' +
    '--bug forgets-lease view 1 begins while the primary of view 0 still answers reads alone.',
  nodes: 5,
  options: { fastReads: true, leaseMs: 400 },
  nodeOptions: standingAfter(5, { n4: 520 }),
  until: '1500ms',
  script: [write('580ms', 'c1', 'n2', 1), read('640ms', 'c2', 'n1')],
  faults: [
    // Leases come from n2 and n3 alone.
    cutOff('n1', ['n4', 'n5'], ['Commit']),
    cutOff('n1', ['n2', 'n3'], ['Commit'], { at: '430ms' }),
    { do: 'crash', whom: ['n2', 'n3'], at: '440ms', for: '5ms' },
    // n1 is alone, and still has its leases.
    { do: 'partition', shape: { isolate: 'n1' }, at: '510ms' },
  ],
});

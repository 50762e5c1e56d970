import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { standingAfter, write } from '../store-course.js';
import { administer, cutOff, linearizableWithAdministration, oneCourse } from './workload.js';

export const bugForgottenEpoch = defineScenario({
  ...oneCourse,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/bug-forgotten-epoch',
  summary:
    'A replica helps to commit a write in a new epoch, crashes, and recovers among replicas that are still in the old one.',
  teaches:
    'Whoever recovers may have been further than those whom it asks. It finds the reconfiguration in its log, and must recover in the ' +
    'next epoch as well. With --bug forgets-next-epoch n5 is there without the write, and so is the next view.',
  nodes: 5,
  nodeOptions: standingAfter(5, { n2: 200, n5: 600 }),
  until: '2s',
  script: [administer('500ms', ['n1', 'n4', 'n5'], 'n1'), write('600ms', 'c1', 'n1', 1)],
  faults: [
    // n1, n4 and n5 prepare the reconfiguration; n1 and n5 alone learn that it is committed, and commit the write.
    cutOff('n1', ['n2', 'n3'], null, { at: '450ms' }),
    cutOff('n1', 'n4', ['Commit']),
    cutOff(['n1', 'n5'], ['n2', 'n3', 'n4'], ['StartEpoch'], { lasts: '705ms' }),
    { do: 'partition', shape: { isolate: 'n1' }, at: '650ms' },
    // n2 has begun view 1 of the old epoch with the reconfiguration, and does not learn that it is prepared.
    cutOff(['n3', 'n4', 'n5'], 'n2', ['PrepareOk'], { lasts: '760ms' }),
    { do: 'crash', whom: 'n5', at: '700ms', for: '5ms' },
  ],
  check: linearizableWithAdministration,
});

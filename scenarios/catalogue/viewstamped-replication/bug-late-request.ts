import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { write } from '../store-course.js';
import { administer, cutOff, linearizableWithAdministration, oneCourse } from './workload.js';

export const bugLateRequest = defineScenario({
  ...oneCourse,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/bug-late-request',
  summary: 'A client writes while a reconfiguration is under way that replaces two replicas of three.',
  teaches:
    'The reconfiguration is the last request of its epoch: what comes behind it would be in the logs of the old replicas alone. With ' +
    '--bug serves-after-reconfiguration an acknowledged write is in no log of the new group.',
  nodes: 5,
  options: { configuration: ['n1', 'n2', 'n3'] },
  until: '1800ms',
  script: [administer('600ms', ['n3', 'n4', 'n5'], 'n1'), write('615ms', 'c1', 'n1', 1), write('900ms', 'c2', 'n3', 2)],
  faults: [
    // n2 alone has both, and its first PREPAREOK is lost: n1 learns of both at once.
    cutOff('n2', 'n1', ['PrepareOk'], { lasts: '612ms' }),
    cutOff('n3', 'n1', ['PrepareOk']),
    cutOff('n1', 'n3', ['Prepare'], { at: '612ms' }),
    // n3 hears from the old primary that the epoch is over, and no more.
    cutOff(['n1', 'n2'], 'n3', ['StartEpoch', 'NewState']),
  ],
  check: linearizableWithAdministration,
});

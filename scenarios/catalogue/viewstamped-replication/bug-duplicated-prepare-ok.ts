import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { standingAfter, write } from '../store-course.js';
import { oneCourse } from './workload.js';

export const bugDuplicatedPrepareOk = defineScenario({
  ...oneCourse,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/bug-duplicated-prepare-ok',
  summary: 'A primary reaches one backup of four, whose PREPAREOKs arrive twice; the other three change the view.',
  teaches:
    'f backups are replicas and not messages. With --bug counts-messages-not-senders two replicas pass for three, and an acknowledged ' +
    'write is gone.',
  nodes: 5,
  nodeOptions: standingAfter(5, { n3: 200 }),
  until: '1500ms',
  script: [write('300ms', 'c1', 'n1', 1), write('900ms', 'c2', 'n3', 2)],
  faults: [
    { do: 'partition', shape: { isolate: ['n1', 'n2'] }, at: '250ms' },
    { do: 'link', types: ['PrepareOk'], rule: { duplicate: 1 }, at: 0 },
  ],
});

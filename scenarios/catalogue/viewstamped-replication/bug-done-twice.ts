import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { read, standingAfter } from '../store-course.js';
import { cutOff, oneCourse } from './workload.js';

export const bugDoneTwice = defineScenario({
  ...oneCourse,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/bug-done-twice',
  summary: 'A client repeats a request that is in the new primary’s log and not yet executed.',
  teaches:
    'The client-table belongs to what a view change hands on. With --bug forgets-client-table the request gets a second place in the ' +
    'log, and its value stands twice in the list.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n2: 200 }),
  until: '3s',
  clients: {
    count: 1,
    operations: [{ request: 'append', args: { key: 'x', value: 1 } }],
    operationsMax: 1,
    retry: true,
    attemptTimeout: '100ms',
    timeout: '2500ms',
  },
  script: [read('2500ms', 'c2', 'n2')],
  faults: [
    // The append is prepared everywhere, and n1 does not learn of it.
    cutOff(['n2', 'n3'], 'n1', ['PrepareOk']),
    { do: 'crash', whom: 'n1', at: '600ms' },
    // Nor does n2 for a while, which is primary now.
    cutOff('n3', 'n2', ['PrepareOk'], { lasts: '1500ms', rule: { hold: true } }),
  ],
});

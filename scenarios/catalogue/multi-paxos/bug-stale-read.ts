import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, read, standingAfter, write } from '../store-course.js';

export const bugStaleRead = defineScenario({
  ...oneCourse,
  protocol: multiPaxos,
  name: 'multi-paxos/bug-stale-read',
  summary: 'A leader that was cut off, and does not know that there is a new one, is asked for a value.',
  teaches:
    'To lead is not enough to answer a read: somebody else may lead by now. So a read gets a slot of its own in the log. With --bug ' +
    'reads-local, n1 answers with a value that was overwritten before the question was asked.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n1: 150, n2: 300 }),
  until: '1500ms',
  script: [write('620ms', 'c1', 'n2', 1), read('700ms', 'c2', 'n1')],
  faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: '250ms', for: '550ms' }],
});

import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

export const bugOmittedSnapshot = defineScenario({
  ...oneCourse,
  protocol: multiPaxos,
  name: 'multi-paxos/bug-omitted-snapshot',
  summary: 'A node that was cut off becomes leader after the others have compacted the slots that it has missed.',
  teaches:
    'A slot that an acceptor has compacted is not a free one. The promise must bring the snapshot; with --bug omits-snapshot the ' +
    'new leader fills the slots with no-ops.',
  nodes: 3,
  options: { ...oneCourse.options, snapshotAfter: 3 },
  nodeOptions: standingAfter(3, { n1: 150, n3: 300 }),
  until: '1500ms',
  script: [1, 2, 3, 4, 5].map((value) => write(`${300 + 20 * value}ms`, 'c1', 'n1', value)),
  faults: [
    { do: 'partition', shape: { isolate: 'n3' }, at: '250ms', for: '200ms' },
    { do: 'crash', whom: 'n1', at: '440ms' },
  ],
});

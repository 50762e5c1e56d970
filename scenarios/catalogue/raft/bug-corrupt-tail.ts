import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

export const bugCorruptTail = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-corrupt-tail',
  summary:
    'An entry that two servers of three have is damaged on the disk of one, which restarts; then the other one is gone.',
  teaches:
    'A torn write at the end of a log was never acknowledged and may be dropped. A damaged one may be committed: the server must ' +
    'not go on without it, and here that means that nobody can. With --bug truncates-corrupt-tail a majority forgets what a client ' +
    'was told was safe.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n1: 150, n3: 300 }),
  until: '2s',
  disk: {},
  script: [write('320ms', 'c1', 'n1', 1)],
  faults: [
    { do: 'partition', name: 'before', shape: { isolate: 'n3' }, at: '250ms' },
    { do: 'disk', whom: 'n2', how: 'corrupt', field: 'log', at: '500ms' },
    { do: 'heal', name: 'before', at: '520ms' },
    { do: 'partition', shape: { isolate: 'n1' }, at: '520ms' },
    { do: 'crash', whom: 'n2', at: '520ms', for: '30ms' },
  ],
});

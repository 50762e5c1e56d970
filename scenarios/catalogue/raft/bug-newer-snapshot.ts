import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { mixedWorkload } from '../key-value-workload.js';
import { oneCourse, standingAfter } from '../store-course.js';

export const bugNewerSnapshot = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-newer-snapshot',
  summary: 'A follower was away, and the others have compacted what it lacks. As it comes back, the leader dies.',
  teaches:
    'A snapshot that ends after a follower’s log is just what it needs: the entries in between are nowhere else any more. With --bug ' +
    'refuses-newer-snapshot it stays behind, which nobody notices until the next leader needs it for its majority.',
  nodes: 3,
  options: { snapshotAfter: 5, checkQuorum: false },
  nodeOptions: standingAfter(3, { n1: 150, n2: 300 }),
  until: '4s',
  clients: { ...mixedWorkload, stop: '3500ms' },
  faults: [
    { do: 'partition', shape: { isolate: 'n3' }, at: '400ms', for: '1200ms' },
    { do: 'crash', whom: 'n1', at: '1500ms' },
  ],
  progress: '1500ms',
});

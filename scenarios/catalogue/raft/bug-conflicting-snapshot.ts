import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { mixedWorkload } from '../key-value-workload.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

const clients = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => `c${from + i}`);

/** The old leader has other entries at the place where the snapshot ends. */
export const bugConflictingSnapshot = defineScenario({
  ...oneCourse,
  protocol: raft,
  name: 'raft/bug-conflicting-snapshot',
  summary:
    'A leader that was cut off comes back with entries that nobody else has: a snapshot stands where they should have been.',
  teaches:
    'What a follower has at the end of a snapshot may be something else than what the snapshot stands for: then its log must go ' +
    '(Figure 13, 7). With --bug keeps-conflicting-entry it has the snapshot and still refuses all that follows, for ever.',
  nodes: 3,
  options: { snapshotAfter: 5, checkQuorum: false },
  nodeOptions: standingAfter(3, { n1: 150, n2: 300 }),
  until: '4s',
  // No reads: to confirm those, a refusal is as good as a success.
  clients: { ...mixedWorkload, operations: [{ request: 'write' }], start: '1500ms', stop: '3500ms' },
  script: [
    ...clients(11, 20).map((client, i) => write('320ms', client, 'n1', 100 + i)),
    ...clients(31, 10).map((client, i) => write('800ms', client, 'n2', 200 + i)),
  ],
  faults: [
    { do: 'partition', name: 'alone', shape: { isolate: 'n1' }, at: '300ms' },
    { do: 'heal', name: 'alone', at: '1200ms' },
    { do: 'crash', whom: 'n3', at: '1200ms' },
  ],
  progress: '1500ms',
});

import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';
import { linearizableStore } from '../key-value-workload.js';
import { oneCourse, read, write } from './course.js';

/** Clients read from whomever they like, and write through the leader. */
const readers = {
  nodes: 3,
  until: '6s',
  network: { latency: { uniform: ['1ms', '20ms'] } },
  clients: {
    count: 6,
    keys: 2,
    operations: [{ request: 'read', weight: 4 }, { request: 'write' }],
    target: 'random',
    think: { exponential: { mean: '10ms' } },
    retry: true,
  },
  check: linearizableStore,
} as const satisfies Partial<ScenarioInput>;

export const localReads = defineScenario({
  ...readers,
  protocol: zab,
  name: 'zab/local-reads',
  summary:
    'Every node answers reads at once, from what it has: one that is a message behind answers with an old value.',
  teaches:
    "ZooKeeper's reads are local: fast, and not linearizable. A write is answered when the leader has committed it, and its COMMIT is " +
    'still on its way to a follower that somebody reads from.',
  options: { reads: 'local' },
  expects: { violation: 'linearizable' },
});

export const syncReads = defineScenario({
  ...readers,
  protocol: zab,
  name: 'zab/sync-reads',
  summary: 'The same clients, but a node asks the leader for a sync before it answers: nobody reads an old value.',
  teaches:
    'The answer to a sync comes behind every COMMIT that the leader has sent before. While the leader is the leader, that is enough.',
  options: { reads: 'sync' },
});

export const syncDeposed = defineScenario({
  ...oneCourse,
  protocol: zab,
  name: 'zab/sync-deposed',
  summary: 'The leader is cut off with one follower and has not noticed; a client asks for a sync and reads there.',
  teaches:
    "ZooKeeper's sync asks the leader, and the leader asks nobody: one that was deposed answers too, until it counts its followers " +
    'again. So sync and read are not always linearizable. A read that is broadcast (reads: broadcast) is.',
  nodes: 5,
  options: { reads: 'sync', tickMs: 500 },
  until: '1500ms',
  script: [write('250ms', 'c1', 'n5', 1), write('420ms', 'c1', 'n4', 2), read('470ms', 'c2', 'n1')],
  faults: [{ do: 'partition', shape: { isolate: ['n1', 'n5'] }, at: '300ms' }],
  expects: { violation: 'linearizable' },
});

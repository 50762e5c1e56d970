import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const slowLeader = defineScenario({
  protocol: raft,
  name: 'raft/slow-leader',
  summary: 'The leader needs 20 ms for every message: it goes on leading, and everybody waits for it.',
  teaches:
    'Raft notices a dead leader, not a slow one: as long as its heartbeats come, nobody takes over. Compare the latency of ' +
    'requests before, during and after.',
  nodes: 5,
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  faults: [{ do: 'slow', whom: 'leader', processing: { uniform: ['15ms', '25ms'] }, at: '2s', for: '3s' }],
  check: linearizableStore,
  progress: '1500ms',
});

import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const pausedLeader = defineScenario({
  protocol: raft,
  name: 'raft/paused-leader',
  summary:
    'The leader freezes for a second, as in a long garbage collection, and wakes up believing that it still leads.',
  teaches:
    'A frozen node does not know that time has passed. Its first message meets a higher term, and it steps down; until then it ' +
    'answers nobody, since each answer needs a majority that still follows.',
  nodes: 5,
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  faults: [{ do: 'pause', whom: 'leader', at: '1500ms', for: '1s', times: 3, every: '1500ms' }],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});

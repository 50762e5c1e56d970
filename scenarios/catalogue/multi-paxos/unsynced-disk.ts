import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore } from '../key-value-workload.js';

export const unsyncedDisk = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/unsynced-disk',
  summary: 'The power fails five times, and disks lose or tear what was not synced; answers wait until it is.',
  teaches:
    'A promise or a vote leaves a node only after it is on the disk. So a power failure takes nothing that anybody was told of.',
  nodes: 3,
  until: '8s',
  network: dataCentre,
  disk: { syncLatency: { uniform: ['10ms', '60ms'] }, torn: 0.5 },
  clients: {
    count: 6,
    keys: 3,
    operations: [{ request: 'read' }, { request: 'write', weight: 3 }],
    think: { exponential: { mean: '10ms' } },
    retry: true,
    stop: '7500ms',
  },
  faults: [{ do: 'crash', whom: 'all', at: '1s', for: '200ms', times: 5, every: '1100ms' }],
  check: linearizableStore,
  progress: '2s',
  swarm: {},
});

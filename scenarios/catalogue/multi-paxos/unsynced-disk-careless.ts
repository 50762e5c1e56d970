import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore } from '../key-value-workload.js';

export const unsyncedDiskCareless = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/unsynced-disk-careless',
  summary:
    'The same disks and power failures, but nodes answer without waiting for the sync: acknowledged writes are gone.',
  teaches:
    'Acceptors that forget are outside the model. Skip the wait for the disk, and a power failure makes them forget.',
  nodes: 3,
  until: '16s',
  network: dataCentre,
  disk: { syncLatency: { uniform: ['10ms', '60ms'] }, torn: 0.5, syncBeforeSend: false },
  clients: {
    count: 6,
    keys: 3,
    operations: [{ request: 'read' }, { request: 'write', weight: 3 }],
    think: { exponential: { mean: '10ms' } },
    retry: true,
    stop: '15500ms',
  },
  faults: [{ do: 'crash', whom: 'all', at: '1s', for: '200ms', times: 12, every: '1100ms' }],
  check: linearizableStore,
  expects: { violation: 'Agreement' },
});

import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore } from '../key-value-workload.js';
import { blackouts, busyWriters, slowDisk } from './workload.js';

export const lyingDisk = defineScenario({
  protocol: raft,
  name: 'raft/lying-disk',
  summary: 'The disks say that all is synced, and nearly always it is not; then the power fails.',
  teaches:
    'Raft’s promises rest on the disk’s. A disk that lies about a sync takes back what a majority has acknowledged, and no node can ' +
    'notice: this fault is outside of the model.',
  nodes: 3,
  until: '8s',
  network: dataCentre,
  disk: { ...slowDisk, lyingSync: 0.95 },
  clients: busyWriters,
  faults: blackouts,
  check: linearizableStore,
  expects: { violation: 'Leader Completeness' },
});

import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore } from '../key-value-workload.js';
import { manyBlackouts, slowDisk } from './workload.js';

export const lyingDisk = defineScenario({
  protocol: raft,
  name: 'raft/lying-disk',
  summary: 'The disks say that all is synced, and nearly always it is not; then the power fails.',
  teaches:
    'Raft’s promises rest on the disk’s. A disk that lies about a sync takes back what a majority has acknowledged, and no node can ' +
    'notice: this fault is outside of the model.',
  ...manyBlackouts,
  nodes: 3,
  network: dataCentre,
  disk: { ...slowDisk, lyingSync: 0.95 },
  check: linearizableStore,
  expects: { violation: 'Leader Completeness' },
});

import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore } from '../key-value-workload.js';
import { manyBlackouts, slowDisk } from './workload.js';

export const unsyncedDiskCareless = defineScenario({
  protocol: raft,
  name: 'raft/unsynced-disk-careless',
  summary: 'The same disks and crashes, but nodes answer without waiting for the sync: acknowledged writes are gone.',
  teaches:
    'Skip the wait for the disk and everything is faster, and wrong: after a power failure a majority has forgotten entries ' +
    'that clients were told were safe.',
  ...manyBlackouts,
  nodes: 3,
  network: dataCentre,
  disk: { ...slowDisk, syncBeforeSend: false },
  check: linearizableStore,
  expects: { violation: 'Leader Completeness' },
});

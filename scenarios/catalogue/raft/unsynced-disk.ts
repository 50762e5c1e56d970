import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore } from '../key-value-workload.js';
import { blackouts, busyWriters, slowDisk } from './workload.js';

export const unsyncedDisk = defineScenario({
  protocol: raft,
  name: 'raft/unsynced-disk',
  summary: 'Nodes crash, and their disks lose or tear what was not synced; messages wait until it is.',
  teaches:
    'A write is on the disk when the disk says that it is synced, not when it was written. Raft promises nothing before: a vote ' +
    'or an acknowledgement leaves a node only after what it rests on is safe. So the crashes cost nothing.',
  nodes: 3,
  until: '8s',
  network: dataCentre,
  disk: slowDisk,
  clients: busyWriters,
  faults: blackouts,
  check: linearizableStore,
  progress: '2s',
  swarm: {},
});

import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore } from '../key-value-workload.js';
import { readersAndWriters } from './workload.js';

export const unsyncedDisk = defineScenario({
  protocol: abd,
  name: 'abd/unsynced-disk',
  summary:
    'The power fails for all nodes three times, and disks lose or tear what was not synced; answers wait until it is.',
  teaches:
    'In the paper a process that crashes is gone. Who comes back must hold whatever it has acknowledged, so an acknowledgement ' +
    'leaves only after the disk has it.',
  nodes: 3,
  until: '5s',
  network: dataCentre,
  disk: { syncLatency: { uniform: ['5ms', '30ms'] }, torn: 0.5 },
  clients: { ...readersAndWriters, think: { exponential: { mean: '20ms' } }, stop: '4500ms' },
  faults: [{ do: 'crash', whom: 'all', at: '1s', for: '200ms', times: 3, every: '900ms' }],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});

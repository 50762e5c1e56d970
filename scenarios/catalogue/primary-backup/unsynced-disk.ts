import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const unsyncedDisk = defineScenario({
  protocol: primaryBackup,
  name: 'primary-backup/unsynced-disk',
  summary:
    'The power fails for all nodes three times, and disks lose or tear what was not synced; answers wait until it is.',
  teaches:
    'A copy counts when it is on the disk, the primary’s own too. Then nothing is lost even if all copies lose their power at once.',
  nodes: 3,
  until: '6s',
  network: dataCentre,
  disk: { syncLatency: { uniform: ['5ms', '30ms'] }, torn: 0.5 },
  clients: { ...mixedWorkload, think: { exponential: { mean: '20ms' } }, stop: '5500ms' },
  faults: [{ do: 'crash', whom: 'all', at: '1s', for: '200ms', times: 3, every: '1200ms' }],
  check: linearizableStore,
  progress: '2s',
  swarm: {},
});

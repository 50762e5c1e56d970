import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { twoAndAWitness } from './configurations.js';

export const wipedDisk = defineScenario({
  ...twoAndAWitness,
  protocol: primaryBackup,
  name: 'primary-backup/wiped-disk',
  summary: 'A backup that is recorded as in sync comes back with an empty disk, and is asked to take over.',
  teaches:
    'What is recorded is who had the writes, not who has them. A node that has lost its disk must come back as another one; here it ' +
    'does not, and takes over with nothing.',
  until: '3s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '2500ms' },
  faults: [
    { do: 'crash', whom: 'n2', disk: 'wiped', at: '1s', for: '10ms' },
    { do: 'crash', whom: 'n1', at: '1050ms' },
  ],
  check: linearizableStore,
  expects: { violation: 'Acknowledged Writes Survive' },
});

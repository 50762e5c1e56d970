import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const manualFailover = defineScenario({
  protocol: primaryBackup,
  name: 'primary-backup/manual-failover',
  summary:
    'The primary crashes. An operator makes sure that it is off, and makes the backup primary a second and a half later.',
  teaches:
    'No failure detector, no witness: a person knows what no program can. It is safe as long as that person is right, and clients wait ' +
    'for as long as it takes.',
  nodes: 2,
  options: { failover: 'manual', fencing: 'epochs' },
  until: '5s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '4500ms' },
  faults: [
    { do: 'crash', whom: 'n1', at: '1s' },
    { do: 'upgrade', whom: 'n2', options: { primary: 'n2' }, at: '2500ms' },
  ],
  check: linearizableStore,
  progress: '1500ms',
});

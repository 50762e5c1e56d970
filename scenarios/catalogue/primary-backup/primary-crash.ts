import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { threeAndTwoWitnesses } from './configurations.js';

export const primaryCrash = defineScenario({
  ...threeAndTwoWitnesses,
  protocol: primaryBackup,
  name: 'primary-backup/primary-crash',
  summary: 'The primary crashes and comes back as a backup; then the next primary is cut off with one witness.',
  teaches:
    'A backup in sync takes over with what it has, and all others copy its state before they count as in sync again. Clients notice a ' +
    'pause of a time-out and two round trips.',
  until: '7s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '6500ms' },
  faults: [
    { do: 'crash', whom: { role: 'primary' }, at: '1s', for: '1s' },
    { do: 'partition', shape: { isolate: [{ role: 'primary' }, 'w1'] }, at: '3s', for: '1s' },
  ],
  check: linearizableStore,
  progress: '2500ms',
  swarm: {},
});

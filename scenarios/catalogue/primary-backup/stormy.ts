import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore, mixedWorkload, mostlyQuick } from '../key-value-workload.js';
import { threeAndTwoWitnesses } from './configurations.js';

export const stormy = defineScenario({
  ...threeAndTwoWitnesses,
  protocol: primaryBackup,
  name: 'primary-backup/stormy',
  summary:
    'Nodes restart all the time, primaries crash or are cut off, messages are late, doubled or lost: no write is lost.',
  teaches:
    'All backups in sync have a write before it is answered, a majority says which ones are in sync, and only one of those may take ' +
    'over. This configuration promises a linearizable store; fuzz it with --bug.',
  until: '10s',
  network: { latency: mostlyQuick, loss: 0.05, duplicate: 0.05 },
  disk: { syncLatency: { uniform: ['100us', '5ms'] }, torn: 0.3 },
  clients: { ...mixedWorkload, stop: '9500ms' },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '300ms', for: '4ms', times: 40, every: '170ms' },
    { do: 'crash', whom: { role: 'primary' }, at: '700ms', for: '300ms', times: 7, every: '1100ms' },
    { do: 'partition', shape: { isolate: { role: 'primary' } }, at: '1300ms', for: '400ms', times: 7, every: '1100ms' },
  ],
  check: linearizableStore,
  progress: '2500ms',
  swarm: {},
});

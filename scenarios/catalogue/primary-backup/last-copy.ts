import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { twoAndAWitness } from './configurations.js';

export const lastCopy = defineScenario({
  ...twoAndAWitness,
  protocol: primaryBackup,
  name: 'primary-backup/last-copy',
  summary:
    'The backup is cut off, the primary goes on alone, and crashes for good: the backup is back, and may not take over.',
  teaches:
    'To go on with the last copy is what two copies buy, where a majority would have stopped. The price comes with the next crash: ' +
    'everybody waits for that one disk. Taking over all the same is to lose writes.',
  until: '5s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '4900ms' },
  faults: [
    { do: 'partition', shape: { isolate: 'n2' }, at: '300ms', for: '1200ms' },
    { do: 'crash', whom: 'n1', at: '1200ms' },
  ],
  check: linearizableStore,
  progress: '2s',
  expects: { violation: 'progress' },
});

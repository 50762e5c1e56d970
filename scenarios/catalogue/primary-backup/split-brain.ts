import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { pair, throughBoth } from './configurations.js';

export const splitBrain = defineScenario({
  ...pair,
  protocol: primaryBackup,
  name: 'primary-backup/split-brain',
  summary: 'Two nodes with automatic failover, and the link between them is cut: both are primary.',
  teaches:
    'That copies are synchronous does not help: the primary takes the silent backup for crashed, and does without it, just as the ' +
    'backup takes over. Two nodes alone cannot tell a cut from a crash.',
  until: '4s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '3500ms' },
  script: throughBoth('1400ms', '1600ms'),
  faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: '1s', for: '1s' }],
  check: linearizableStore,
  expects: { violation: 'linearizable' },
});

import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { pair, throughBoth } from './configurations.js';

export const splitBrainEpochs = defineScenario({
  ...pair,
  protocol: primaryBackup,
  name: 'primary-backup/split-brain-epochs',
  summary:
    'The same cut, with epochs: when it heals the old primary gives way, and all that it has acknowledged is gone.',
  teaches:
    'A number that the new primary gives itself ends the split, and does not prevent it: nobody whom the old primary needs knows of the ' +
    'new epoch, as it needs nobody.',
  options: { ...pair.options, fencing: 'epochs' },
  until: '4s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '3500ms' },
  script: throughBoth('1400ms', '1600ms'),
  faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: '1s', for: '1s' }],
  check: linearizableStore,
  expects: { violation: 'linearizable' },
});

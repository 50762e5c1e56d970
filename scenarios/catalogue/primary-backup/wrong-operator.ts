import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { throughBoth } from './configurations.js';

export const wrongOperator = defineScenario({
  protocol: primaryBackup,
  name: 'primary-backup/wrong-operator',
  summary:
    'The same pair; the link is cut, and the operator, who cannot reach the primary either, makes the backup primary.',
  teaches:
    'What a person takes for a crash may be a cut as well. Switch the old primary off first (or let a witness decide): otherwise both ' +
    'go on, each with its own writes.',
  nodes: 2,
  options: { failover: 'manual', fencing: 'epochs' },
  until: '4s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '3500ms' },
  script: throughBoth('2s', '2300ms'),
  faults: [
    { do: 'partition', shape: { isolate: 'n1' }, at: '1s', for: '2s' },
    { do: 'upgrade', whom: 'n2', options: { primary: 'n2' }, at: '1500ms' },
  ],
  check: linearizableStore,
  expects: { violation: 'linearizable' },
});

import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { threeAndTwoWitnesses } from './configurations.js';

export const lostAcknowledgedWrites = defineScenario({
  ...threeAndTwoWitnesses,
  protocol: primaryBackup,
  name: 'primary-backup/lost-acknowledged-writes',
  summary:
    'Copies are asynchronous, a tenth of a second behind. The primary crashes: what it has acknowledged last is gone.',
  teaches:
    'With witnesses, epochs, and a single primary at any time: none of that brings back what was answered before it was copied. This ' +
    'is how Redis with Sentinel loses writes. primary-backup/lost-writes counts them.',
  options: { ...threeAndTwoWitnesses.options, mode: 'asynchronous', copyDelayMs: 100 },
  until: '4s',
  network: dataCentre,
  clients: { ...mixedWorkload, count: 8, keys: 20, think: { exponential: { mean: '15ms' } }, stop: '3500ms' },
  faults: [{ do: 'crash', whom: 'n1', at: '1s', for: '1s' }],
  check: linearizableStore,
  expects: { violation: 'linearizable' },
});

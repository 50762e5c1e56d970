import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { pair, throughBoth } from './configurations.js';

export const falseSuspicion = defineScenario({
  ...pair,
  protocol: primaryBackup,
  name: 'primary-backup/false-suspicion',
  summary: 'The same two nodes; the primary only freezes for a while, is taken for dead, and wakes up as a primary.',
  teaches:
    'A failure detector that goes by time cannot tell slow from dead. Each of the two takes the other one for crashed, does without ' +
    'it, and answers clients: there are two stores now.',
  until: '4s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '3500ms' },
  script: throughBoth('1400ms', '1600ms'),
  faults: [{ do: 'pause', whom: 'n1', at: '1s', for: '250ms' }],
  check: linearizableStore,
  expects: { violation: 'linearizable' },
});

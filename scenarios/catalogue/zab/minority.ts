import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const minority = defineScenario({
  protocol: zab,
  name: 'zab/minority',
  summary: 'Three nodes of five crash and do not come back: the two that are left look for a leader for ever.',
  teaches:
    'What no protocol of this kind can do: a minority must not go on alone, for all that it knows the others do. Availability is ' +
    'what is paid for consistency.',
  nodes: 5,
  until: '5s',
  network: dataCentre,
  clients: mixedWorkload,
  faults: [{ do: 'crash', whom: ['n1', 'n2', 'n3'], at: 0 }],
  check: linearizableStore,
  progress: '3s',
  expects: { violation: 'progress' },
});

import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore } from '../key-value-workload.js';
import { readersAndWriters } from './workload.js';

export const majorityLost = defineScenario({
  protocol: abd,
  name: 'abd/majority-lost',
  summary: 'Three nodes of five crash and do not come back: the two that are left can neither read nor write.',
  teaches:
    'Two halves that cannot hear each other look the same as one half that has crashed: with half of the nodes gone nobody may answer, ' +
    'not even a read. The paper proves that no algorithm does better.',
  nodes: 5,
  options: { giveUpMs: 500 },
  until: '4s',
  network: dataCentre,
  clients: { ...readersAndWriters, stop: '3900ms' },
  faults: [{ do: 'crash', whom: ['n3', 'n4', 'n5'], at: 0 }],
  check: linearizableStore,
  progress: '2s',
  expects: { violation: 'progress' },
});

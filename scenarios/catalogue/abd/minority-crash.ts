import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore } from '../key-value-workload.js';
import { readersAndWriters } from './workload.js';

export const minorityCrash = defineScenario({
  protocol: abd,
  name: 'abd/minority-crash',
  summary:
    'Two nodes of five crash at once and come back, then two others are cut off: nobody has to wait for a new leader.',
  teaches:
    'Without a leader there is no failover: an operation needs any three of five. Only what was asked of the crashed nodes themselves ' +
    'stays without an answer.',
  nodes: 5,
  until: '6s',
  network: dataCentre,
  clients: { ...readersAndWriters, stop: '5500ms' },
  faults: [
    { do: 'crash', whom: ['n1', 'n2'], at: '1s', for: '1s' },
    { do: 'partition', shape: { isolate: ['n3', 'n4'] }, at: '2500ms', for: '1s' },
  ],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});

import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, mixedWorkload } from '../key-value-workload.js';
import { administer, linearizableWithAdministration } from './administration.js';

export const laggingReconfiguration = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/lagging-reconfiguration',
  summary: 'A node sleeps through two reconfigurations and many snapshots, and comes back.',
  teaches:
    'The snapshot that it is sent must say who votes, besides what is stored: with --bug omits-configuration the node believes ' +
    'in the configuration that it was started with, whose other members are gone.',
  nodes: 5,
  options: { configuration: ['n1', 'n2', 'n3'], alpha: 10, snapshotAfter: 30 },
  until: '7s',
  network: dataCentre,
  clients: { ...mixedWorkload, think: { exponential: { mean: '20ms' } }, stop: '6500ms' },
  script: [administer('2s', ['n1', 'n2', 'n3', 'n4', 'n5']), administer('3s', ['n3', 'n4', 'n5'])],
  faults: [
    { do: 'crash', whom: 'n3', at: '1500ms', for: '2500ms' },
    { do: 'stop', whom: ['n1', 'n2'], at: '5s' },
  ],
  check: linearizableWithAdministration,
  progress: '1500ms',
});

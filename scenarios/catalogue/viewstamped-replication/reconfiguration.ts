import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, mixedWorkload } from '../key-value-workload.js';
import { administer, linearizableWithAdministration } from './workload.js';

export const reconfiguration = defineScenario({
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/reconfiguration',
  summary:
    'Three replicas become five while clients go on; then two of the first three are replaced, and switched off.',
  teaches:
    'A reconfiguration is a request like others, and the last of its epoch. New replicas get the state from old ones; these go on ' +
    'helping until enough of the new ones are up to date, and shut down.',
  nodes: 7,
  standby: ['n4', 'n5', 'n6', 'n7'],
  options: { configuration: ['n1', 'n2', 'n3'], checkpointAfter: 30 },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  script: [administer('1s', ['n1', 'n2', 'n3', 'n4', 'n5']), administer('3s', ['n3', 'n4', 'n5', 'n6', 'n7'])],
  faults: [
    { do: 'start', whom: ['n4', 'n5'], at: '900ms' },
    { do: 'start', whom: ['n6', 'n7'], at: '2900ms' },
    // n3 was started as a replica of epoch 0: the replaced ones tell it what has become of the group.
    { do: 'crash', whom: 'n3', at: '4s', for: '200ms' },
    { do: 'stop', whom: ['n1', 'n2'], at: '5s' },
  ],
  check: linearizableWithAdministration,
  progress: '1500ms',
});

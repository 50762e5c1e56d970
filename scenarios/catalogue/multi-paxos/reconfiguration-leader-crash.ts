import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, mixedWorkload } from '../key-value-workload.js';
import { administer, linearizableWithAdministration } from './administration.js';

export const reconfigurationLeaderCrash = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/reconfiguration-leader-crash',
  summary: 'Three acceptors hand over to three others, and the leader crashes as soon as it knows of them.',
  teaches:
    'Other members of the old configuration have voted for the change, and finish it: they find it in their promises, execute it, and ' +
    'only then ask the new acceptors what was chosen among them.',
  nodes: 6,
  options: { configuration: ['n1', 'n2', 'n3'], alpha: 10, snapshotAfter: 30 },
  until: '7s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '6500ms' },
  script: [administer('2s', ['n4', 'n5', 'n6']), administer('4s', ['n1', 'n2', 'n3'])],
  faults: [
    { do: 'crash', whom: 'subject', when: { mark: 'placed-configuration', from: '1s' }, for: '1s', times: 1 },
    { do: 'crash', whom: 'leader', when: { mark: 'placed-configuration', from: '3900ms' }, for: '1s', times: 1 },
  ],
  check: linearizableWithAdministration,
  progress: '1500ms',
  swarm: { families: ['crash', 'partition', 'link', 'pause'] },
});

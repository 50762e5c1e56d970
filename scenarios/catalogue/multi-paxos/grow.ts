import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, mixedWorkload } from '../key-value-workload.js';
import { administer, linearizableWithAdministration } from './administration.js';

export const grow = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/grow',
  summary: 'Three acceptors become five while clients go on; the new ones know nothing at first.',
  teaches:
    'A new configuration is a command in the log, and takes effect α slots later: until then the old one votes. The leader fills ' +
    'these slots with no-ops, asks the new acceptors for their promises, and sends them a snapshot.',
  nodes: 5,
  standby: ['n4', 'n5'],
  options: { configuration: ['n1', 'n2', 'n3'], alpha: 10, snapshotAfter: 30 },
  until: '6s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '5500ms' },
  script: [administer('2s', ['n1', 'n2', 'n3', 'n4', 'n5'])],
  faults: [
    { do: 'start', whom: ['n4', 'n5'], at: '1900ms' },
    // Two of the old ones: the new ones are needed for a majority.
    { do: 'crash', whom: ['n1', 'n2'], at: '3500ms', for: '1s' },
  ],
  check: linearizableWithAdministration,
  progress: '1500ms',
  swarm: { families: ['crash', 'partition', 'link', 'pause'] },
});

import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, mixedWorkload } from '../key-value-workload.js';
import { administer, linearizableWithAdministration } from './workload.js';

export const membershipChange = defineScenario({
  protocol: raft,
  name: 'raft/membership-change',
  summary: 'Three servers become five and then three others, one server at a time, while clients go on working.',
  teaches:
    'A new server catches up before it counts, and a configuration is in force as soon as it is in the log. Any two majorities ' +
    'of configurations that differ by one server overlap, so there is never a moment with two leaders. n1, often the leader, ' +
    'is removed too: it steps down when the configuration without it is committed.',
  nodes: 5,
  standby: ['n4', 'n5'],
  options: { voters: ['n1', 'n2', 'n3'], preVote: true, checkQuorum: true, snapshotAfter: 50 },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  script: [
    administer('1500ms', 'addServer', { server: 'n4' }),
    administer('2200ms', 'addServer', { server: 'n5' }),
    administer('3s', 'removeServer', { server: 'n1' }),
    administer('4s', 'removeServer', { server: 'n2' }),
  ],
  faults: [
    { do: 'start', whom: 'n4', at: '1s' },
    { do: 'start', whom: 'n5', at: '1s' },
    { do: 'stop', whom: ['n1', 'n2'], at: '5s' },
  ],
  check: linearizableWithAdministration,
  progress: '1500ms',
  swarm: { families: ['crash', 'partition', 'link', 'pause'] },
});

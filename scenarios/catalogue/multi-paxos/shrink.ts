import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, mixedWorkload } from '../key-value-workload.js';
import { administer, linearizableWithAdministration } from './administration.js';

export const shrink = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/shrink',
  summary: 'Five acceptors become three; those that are no longer needed are switched off, one may be the leader.',
  teaches:
    'A former acceptor goes on until a majority of the new configuration has, in snapshots, all that came before it. Only then ' +
    'can nobody need it any more, and it retires. A leader that is no acceptor leads until then.',
  nodes: 5,
  options: { alpha: 10, snapshotAfter: 30 },
  until: '6s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '5500ms' },
  script: [administer('2s', ['n3', 'n4', 'n5'])],
  faults: [{ do: 'stop', whom: 'subject', when: { mark: 'retired' }, times: 2 }],
  check: linearizableWithAdministration,
  progress: '1500ms',
  swarm: { families: ['crash', 'partition', 'link', 'pause'] },
});

import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, mixedWorkload } from '../key-value-workload.js';
import { administer, linearizableWithAdministration } from './workload.js';

export const removedServer = defineScenario({
  protocol: raft,
  name: 'raft/removed-server',
  summary: 'Two servers are removed and nobody tells them: they stand for election for ever, and nobody cares.',
  teaches:
    'The leader stops speaking to a server once it is removed, often before that server has heard of it. So it times out and ' +
    'asks for votes. The others hear a leader and refuse (thesis, 4.2.3). Without that rule each of its requests deposes a ' +
    'leader: --set options.checkQuorum=false, and count how often somebody became leader.',
  nodes: 5,
  options: { checkQuorum: true },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  script: [
    administer('1s', 'transferLeadership', { to: 'n1' }),
    administer('2s', 'removeServer', { server: 'n4' }),
    administer('3s', 'removeServer', { server: 'n5' }),
  ],
  check: linearizableWithAdministration,
  progress: '1500ms',
});

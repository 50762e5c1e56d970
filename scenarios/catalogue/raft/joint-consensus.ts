import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, mixedWorkload } from '../key-value-workload.js';
import { administer, linearizableWithAdministration } from './workload.js';

export const jointConsensus = defineScenario({
  protocol: raft,
  name: 'raft/joint-consensus',
  summary: 'All three servers are replaced by three others in one change, while clients go on working.',
  teaches:
    'The old and the new majority need not share a server, so for a while both must agree: C_old,new. When that is committed, ' +
    'C_new follows and the old servers are free to go. The leader manages the last step without being part of it, and steps down.',
  nodes: 6,
  options: { voters: ['n1', 'n2', 'n3'], preVote: true, checkQuorum: true, snapshotAfter: 50 },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  script: [administer('2s', 'changeMembers', { voters: ['n4', 'n5', 'n6'] })],
  faults: [{ do: 'stop', whom: ['n1', 'n2', 'n3'], at: '4s' }],
  check: linearizableWithAdministration,
  progress: '1500ms',
});

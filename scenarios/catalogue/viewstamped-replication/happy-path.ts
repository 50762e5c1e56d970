import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const happyPath = defineScenario({
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/happy-path',
  summary: 'Nothing goes wrong: the first replica is the primary of view 0, and stays it.',
  teaches:
    'There is no election: who is primary follows from the view-number. A request costs a PREPARE to each backup and a ' +
    'PREPAREOK from it, as in Raft or Multi-Paxos; and no disk is ever waited for.',
  nodes: 5,
  until: '5s',
  network: dataCentre,
  clients: mixedWorkload,
  check: linearizableStore,
  progress: '1s',
});

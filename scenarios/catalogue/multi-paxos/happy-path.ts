import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, deliveryOrder, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const happyPath = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/happy-path',
  summary: 'Nothing goes wrong: one node becomes leader, and has one command after the other chosen.',
  teaches:
    'Phase 1 is done once, for all slots there will ever be. From then on a command costs one round of votes: the same as in ' +
    'Raft or in Viewstamped Replication.',
  nodes: 5,
  options: { marksDeliveries: true },
  until: '5s',
  network: dataCentre,
  clients: mixedWorkload,
  check: linearizableStore,
  properties: [deliveryOrder.total],
  progress: '1s',
});

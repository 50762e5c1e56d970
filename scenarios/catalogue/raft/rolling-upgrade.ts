import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const rollingUpgrade = defineScenario({
  protocol: raft,
  name: 'raft/rolling-upgrade',
  summary:
    'One node after the other is restarted with pre-vote and quorum checks switched on, while clients go on working.',
  teaches:
    'A cluster is upgraded one node at a time: a majority is always up, and for a while old and new nodes must get along. ' +
    'Clients notice the moments when it is the leader’s turn.',
  nodes: 5,
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  faults: ['n1', 'n2', 'n3', 'n4', 'n5'].map((whom, i) => ({
    do: 'upgrade' as const,
    whom,
    options: { preVote: true, checkQuorum: true },
    at: `${i + 1}s`,
  })),
  check: linearizableStore,
  progress: '1500ms',
  swarm: { families: ['partition', 'link', 'pause'] },
});

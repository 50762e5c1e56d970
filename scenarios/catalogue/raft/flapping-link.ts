import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { flapping } from './workload.js';

export const flappingLink = defineScenario({
  protocol: raft,
  name: 'raft/flapping-link',
  summary: 'The link between the leader and one follower breaks and heals, twice a second.',
  teaches:
    'One bad cable between two nodes troubles all five: the follower misses heartbeats, stands for election, and deposes a ' +
    'leader whom everybody else still hears. Nothing is lost, but count how often somebody became leader, here and in raft/pre-vote.',
  nodes: 5,
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  faults: flapping,
  check: linearizableStore,
  progress: '1500ms',
});

import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { flapping } from './workload.js';

export const preVote = defineScenario({
  protocol: raft,
  name: 'raft/pre-vote',
  summary: 'The flapping link of raft/flapping-link, but nodes ask first whether they could win: one leader stays.',
  teaches:
    'Before it raises its term, a node asks the others whether they would vote for it. They hear a leader and say no, so the ' +
    'term stays as it is and the leader where it is. Try --set options.preVote=false.',
  nodes: 5,
  options: { preVote: true, checkQuorum: true },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  faults: flapping,
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});

import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const deafLeader = defineScenario({
  protocol: raft,
  name: 'raft/deaf-leader',
  summary:
    'Nothing reaches the leader any more, while everybody still hears it: it notices that nobody answers, and steps down.',
  teaches:
    'Heartbeats that go out keep others from standing for election, even when the leader hears nothing and can commit nothing. ' +
    'So a leader must check that a majority answers. Run it with --set options.checkQuorum=false: nothing works until the link heals.',
  nodes: 5,
  options: { preVote: true, checkQuorum: true },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  faults: [{ do: 'partition', shape: { from: { not: 'leader' }, to: 'leader' }, at: '2s', for: '3s' }],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});

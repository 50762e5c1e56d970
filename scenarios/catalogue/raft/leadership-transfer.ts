import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, mixedWorkload } from '../key-value-workload.js';
import { administer, linearizableWithAdministration } from './workload.js';

export const leadershipTransfer = defineScenario({
  protocol: raft,
  name: 'raft/leadership-transfer',
  summary: 'Leadership is handed from server to server; one of them is cut off when it is its turn.',
  teaches:
    'The leader brings its successor up to date, takes no more requests, and tells it to stand at once: a round trip instead of ' +
    'an election time-out. The others vote although they hear a leader, as the leader itself has asked for it. When the ' +
    'successor does not come, the leader goes on after an election time-out.',
  nodes: 5,
  options: { preVote: true, checkQuorum: true },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  script: ['n1', 'n2', 'n3', 'n4', 'n5'].map((to, i) => administer(`${i + 1}s`, 'transferLeadership', { to })),
  faults: [{ do: 'partition', shape: { isolate: 'n4' }, at: '3900ms', for: '800ms' }],
  check: linearizableWithAdministration,
  progress: '1500ms',
  swarm: {},
});

import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const minorityPartition = defineScenario({
  protocol: raft,
  name: 'raft/minority-partition',
  summary: 'Two followers of five are cut off for two seconds: the other three go on as if nothing had happened.',
  teaches:
    'Who is cut off with a minority can do nothing: its elections fail, and only its term rises. When it comes back with the ' +
    'higher term, it makes the leader step down once, for nothing; see raft/pre-vote for the cure.',
  nodes: 5,
  until: '6s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '5500ms' },
  faults: [{ do: 'partition', shape: { isolate: { random: 2, of: { not: 'leader' } } }, at: '1500ms', for: '2s' }],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});

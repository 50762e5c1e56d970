import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const restartAll = defineScenario({
  protocol: raft,
  name: 'raft/restart-all',
  summary: 'Every node crashes at once and comes back: the log is still there.',
  teaches:
    'Only three things have to survive a crash: the term, the vote and the log. Everything else, the leader included, is found ' +
    'out again: an election, and the log is applied from its beginning (or from the latest snapshot).',
  nodes: 5,
  until: '7s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '6500ms' },
  faults: [{ do: 'crash', whom: 'all', at: '2s', for: '500ms', times: 2, every: '2s' }],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});

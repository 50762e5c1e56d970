import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const logCompaction = defineScenario({
  protocol: raft,
  name: 'raft/log-compaction',
  summary:
    'Logs are cut short behind snapshots; a follower that was away for two seconds has to be sent a whole snapshot.',
  teaches:
    'A log cannot grow for ever. A snapshot of the state takes the place of the entries that led to it; who needs an ' +
    'entry that is gone gets the snapshot instead (InstallSnapshot).',
  nodes: 3,
  options: { snapshotAfter: 30 },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, think: { exponential: { mean: '20ms' } }, stop: '7500ms' },
  faults: [
    { do: 'crash', whom: { random: 1, of: { not: 'leader' } }, at: '1s', for: '2s' },
    { do: 'partition', shape: { isolate: { random: 1, of: { not: 'leader' } } }, at: '4s', for: '2s' },
  ],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});

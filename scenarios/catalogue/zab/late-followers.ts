import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const lateFollowers = defineScenario({
  protocol: zab,
  name: 'zab/late-followers',
  summary: 'Followers are away for a moment or for two seconds, leaders are cut off with writes that nobody else has.',
  teaches:
    "ZooKeeper's three ways to bring a follower up to date: DIFF sends what it lacks, TRUNC has cut what the new epoch does not know, " +
    'and SNAP sends the state where the history that it would need is compacted.',
  nodes: 5,
  options: { synchronization: 'zookeeper', snapshotAfter: 30 },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, think: { exponential: { mean: '20ms' } }, stop: '7500ms' },
  faults: [
    { do: 'crash', whom: { random: 1, of: { not: 'leader' } }, at: '500ms', for: '50ms', times: 3, every: '300ms' },
    { do: 'crash', whom: { random: 1, of: { not: 'leader' } }, at: '1500ms', for: '2s' },
    { do: 'partition', shape: { isolate: 'leader' }, at: '2s', for: '300ms', times: 10, every: '400ms' },
  ],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});

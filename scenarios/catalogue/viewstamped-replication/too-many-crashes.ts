import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const tooManyCrashes = defineScenario({
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/too-many-crashes',
  summary: 'Three replicas of five crash within a moment and come back: nobody ever answers again.',
  teaches:
    'What replicas without disks cannot do. Three of five have forgotten everything, two can not vouch for what the three had ' +
    'promised, and so all wait for ever. Not even time heals it: with disks (Raft, Multi-Paxos) a restart would.',
  nodes: 5,
  until: '5s',
  network: dataCentre,
  clients: mixedWorkload,
  faults: [{ do: 'crash', whom: { random: 3 }, at: '1s', for: '20ms' }],
  check: linearizableStore,
  progress: '3s',
  expects: { violation: 'progress' },
});

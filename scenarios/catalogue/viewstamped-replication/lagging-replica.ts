import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const laggingReplica = defineScenario({
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/lagging-replica',
  summary:
    'A replica is cut off while the others cut their logs behind checkpoints: it is sent a checkpoint and what follows.',
  teaches:
    'A log cannot grow for ever. Who is a little late is sent the rest of the log; who needs operations that are cut gets the state ' +
    'that they led to.',
  nodes: 3,
  options: { checkpointAfter: 15 },
  until: '6s',
  network: dataCentre,
  clients: { ...mixedWorkload, think: { exponential: { mean: '20ms' } }, stop: '5500ms' },
  faults: [{ do: 'partition', shape: { isolate: { random: 1, of: { not: 'leader' } } }, at: '1s', for: '2s' }],
  check: linearizableStore,
  progress: '1500ms',
  swarm: { families: ['pause', 'partition', 'link', 'clock'] },
});

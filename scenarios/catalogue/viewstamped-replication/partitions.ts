import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore, mixedWorkload, mostlyQuick } from '../key-value-workload.js';

export const partitions = defineScenario({
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/partitions',
  summary: 'No replica crashes, but the network is cut in all ways, also so that no majority is left: nothing is lost.',
  teaches:
    'Who is slow or cut off has not forgotten anything, and is no failed replica: any number of them is safe. What there may not be ' +
    'too many of are crashes; see viewstamped-replication/too-many-crashes.',
  nodes: 5,
  options: { checkpointAfter: 20 },
  until: '10s',
  network: { latency: mostlyQuick, loss: 0.05, duplicate: 0.05 },
  clients: { ...mixedWorkload, stop: '9500ms' },
  faults: [
    { do: 'partition', shape: { halves: true }, at: '600ms', for: '300ms', times: 10, every: '800ms' },
    { do: 'partition', shape: { isolate: 'leader' }, at: '1s', for: '250ms', times: 10, every: '700ms' },
  ],
  check: linearizableStore,
  progress: '2s',
  swarm: { families: ['pause', 'partition', 'link', 'clock'] },
});

import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { mixedWorkload, mostlyQuick } from '../key-value-workload.js';
import { linearizableWithAdministration } from './workload.js';

export const stormyReconfiguration = defineScenario({
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/stormy-reconfiguration',
  summary:
    'Replicas crash and forget everything, and the network is cut, while five of six nodes are the group, and then another five.',
  teaches:
    'A replica that has crashed may have been of an epoch that it no longer knows of. It finds out with its log: where that ends with ' +
    'a reconfiguration, it has to recover in the next epoch as well.',
  nodes: 6,
  options: { configuration: ['n1', 'n2', 'n3', 'n4', 'n5'], checkpointAfter: 20 },
  until: '12s',
  network: { latency: mostlyQuick, loss: 0.05, duplicate: 0.05 },
  clients: {
    ...mixedWorkload,
    operations: [
      { request: 'read', weight: 50 },
      { request: 'write', weight: 40 },
      { request: 'cas', weight: 10 },
      // Nine in ten name somebody twice, and are refused.
      { request: 'reconfigure', weight: 40, args: { configuration: ['$node', '$node', '$node', '$node', '$node'] } },
    ],
    stop: '11500ms',
  },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '300ms', for: '4ms', times: 60, every: '150ms' },
    { do: 'crash', whom: 'leader', at: '700ms', for: '300ms', times: 8, every: '1100ms' },
    { do: 'partition', shape: { isolate: 'leader' }, at: '1200ms', for: '400ms', times: 8, every: '1100ms' },
  ],
  survivable: true,
  check: linearizableWithAdministration,
  progress: '2s',
  swarm: { families: ['crash', 'pause', 'partition', 'link', 'clock', 'membership'] },
});

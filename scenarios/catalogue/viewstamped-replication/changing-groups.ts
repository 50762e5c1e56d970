import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { mixedWorkload, mostlyQuick } from '../key-value-workload.js';
import { linearizableWithAdministration } from './workload.js';

export const changingGroups = defineScenario({
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/changing-groups',
  summary:
    'The group changes all the time, any three of six nodes after any other three, while the network is cut and slow.',
  teaches:
    'Epochs follow one another like views: in each there is one group and one log, and the next one begins with all that this one has ' +
    'committed, even where no replica is in both.',
  nodes: 6,
  options: { configuration: ['n1', 'n2', 'n3'], checkpointAfter: 20 },
  until: '12s',
  network: { latency: mostlyQuick, loss: 0.05, duplicate: 0.05 },
  clients: {
    ...mixedWorkload,
    operations: [
      { request: 'read', weight: 50 },
      { request: 'write', weight: 40 },
      { request: 'cas', weight: 10 },
      { request: 'reconfigure', weight: 6, args: { configuration: ['$node', '$node', '$node'] } },
    ],
    stop: '11500ms',
  },
  faults: [
    { do: 'partition', shape: { halves: true }, at: '600ms', for: '300ms', times: 10, every: '800ms' },
    { do: 'partition', shape: { isolate: 'leader' }, at: '1s', for: '250ms', times: 10, every: '700ms' },
  ],
  check: linearizableWithAdministration,
  progress: '2s',
  swarm: { families: ['pause', 'partition', 'link', 'clock'] },
});

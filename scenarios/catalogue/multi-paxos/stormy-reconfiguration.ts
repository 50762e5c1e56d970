import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { mixedWorkload, mostlyQuick } from '../key-value-workload.js';
import { linearizableWithAdministration } from './administration.js';

export const stormyReconfiguration = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/stormy-reconfiguration',
  summary:
    'Any three or four of six nodes after any others, while nodes restart, leaders crash or are cut off, and messages are lost.',
  teaches:
    'A change may meet any fault at any moment: its leader crashes, its acceptors are cut off, members of two configurations ago come ' +
    'back. For each slot there is one configuration, and one command.',
  nodes: 6,
  options: { configuration: ['n1', 'n2', 'n3'], alpha: 8, snapshotAfter: 20 },
  until: '12s',
  network: { latency: mostlyQuick, loss: 0.05, duplicate: 0.05 },
  clients: {
    ...mixedWorkload,
    operations: [
      { request: 'read', weight: 50 },
      { request: 'write', weight: 40 },
      { request: 'cas', weight: 10 },
      // Those that name somebody twice are refused.
      { request: 'reconfigure', weight: 5, args: { configuration: ['$node', '$node', '$node'] } },
      { request: 'reconfigure', weight: 8, args: { configuration: ['$node', '$node', '$node', '$node'] } },
    ],
    stop: '11500ms',
  },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '300ms', for: '4ms', times: 60, every: '130ms' },
    { do: 'crash', whom: 'leader', at: '700ms', for: '300ms', times: 8, every: '1100ms' },
    { do: 'partition', shape: { isolate: 'leader' }, at: '1200ms', for: '400ms', times: 8, every: '1100ms' },
    { do: 'crash', whom: 'subject', when: { mark: 'placed-configuration', from: '2s' }, for: '200ms', times: 4 },
  ],
  check: linearizableWithAdministration,
  progress: '3s',
  swarm: {},
});

import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore, mixedWorkload, mostlyQuick } from '../key-value-workload.js';

export const stormy = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/stormy',
  summary: 'Nodes restart all the time, leaders crash or are cut off, messages are late, doubled or lost: one log.',
  teaches:
    'Safety does not depend on luck: whatever the network and the machines do, no two nodes learn different commands for one ' +
    'slot. Fuzz it with --bug.',
  nodes: 5,
  options: { snapshotAfter: 20 },
  until: '10s',
  network: { latency: mostlyQuick, loss: 0.05, duplicate: 0.05 },
  clients: { ...mixedWorkload, stop: '9500ms' },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '300ms', for: '4ms', times: 60, every: '110ms' },
    { do: 'crash', whom: 'leader', at: '700ms', for: '300ms', times: 8, every: '900ms' },
    { do: 'partition', shape: { isolate: 'leader' }, at: '1200ms', for: '400ms', times: 8, every: '900ms' },
  ],
  check: linearizableStore,
  progress: '2s',
  swarm: {},
});

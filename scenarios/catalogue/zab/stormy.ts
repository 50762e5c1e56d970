import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';
import { linearizableStore, mixedWorkload, mostlyQuick } from '../key-value-workload.js';

const weather = {
  nodes: 5,
  until: '10s',
  network: { latency: mostlyQuick, loss: 0.05, retransmit: '20ms' },
  disk: { syncLatency: { uniform: ['0ms', '10ms'] }, torn: 0.5 },
  clients: { ...mixedWorkload, stop: '9500ms' },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '300ms', for: '4ms', times: 60, every: '110ms' },
    { do: 'crash', whom: 'leader', at: '700ms', for: '300ms', times: 8, every: '900ms' },
    { do: 'partition', shape: { isolate: 'leader' }, at: '1200ms', for: '400ms', times: 8, every: '900ms' },
  ],
  check: linearizableStore,
  progress: '2s',
  swarm: {},
} as const satisfies Partial<ScenarioInput>;

export const stormy = defineScenario({
  ...weather,
  protocol: zab,
  name: 'zab/stormy',
  summary:
    'Nodes restart all the time, leaders crash or are cut off, messages are late or sent again, writes torn: one history.',
  teaches:
    'Safety does not depend on luck: whatever the network and the machines do, all deliver one sequence. Fuzz it with --bug.',
  options: { snapshotAfter: 20 },
});

export const zookeeperStormy = defineScenario({
  ...weather,
  protocol: zab,
  name: 'zab/zookeeper/stormy',
  summary: 'The same weather, and followers are brought up to date as ZooKeeper does it: by DIFF, TRUNC or SNAP.',
  teaches:
    'Sending what is missing, and cutting what is too much, comes to the same as sending whole histories, if the leader has the most ' +
    'recent history from the beginning.',
  options: { snapshotAfter: 20, synchronization: 'zookeeper' },
});

import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore, mostlyQuick } from '../key-value-workload.js';
import { readersAndWriters } from './workload.js';

export const stormy = defineScenario({
  protocol: abd,
  name: 'abd/stormy',
  summary:
    'Nodes restart all the time, minorities are cut off, messages are late, doubled or lost: every register stays atomic.',
  teaches:
    'Nothing here depends on time. Whatever is late, doubled or lost, two majorities share a node, and tags say what is newer. Fuzz it ' +
    'with --bug.',
  nodes: 5,
  until: '8s',
  network: { latency: mostlyQuick, loss: 0.05, duplicate: 0.05 },
  disk: { syncLatency: { uniform: ['100us', '5ms'] }, torn: 0.3 },
  clients: { ...readersAndWriters, stop: '7500ms' },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '300ms', for: '5ms', times: 50, every: '110ms' },
    { do: 'crash', whom: { random: 2 }, at: '700ms', for: '300ms', times: 6, every: '900ms' },
    { do: 'partition', shape: { isolate: { random: 2 } }, at: '1200ms', for: '400ms', times: 6, every: '900ms' },
  ],
  check: linearizableStore,
  progress: '2s',
  swarm: {},
});

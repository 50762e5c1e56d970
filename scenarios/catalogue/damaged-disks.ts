import type { ScenarioInput } from '../schema.js';
import { linearizableStore, mixedWorkload, mostlyQuick } from './key-value-workload.js';

/** What happens in the storms of damaged disks, whatever the store. */
export const damagedDisks = {
  summary:
    'Disks sync late, tear what a crash interrupts, turn bad, fill up or cannot be read, while nodes restart all the time.',
  nodes: 5,
  until: '10s',
  network: { latency: mostlyQuick, loss: 0.03, duplicate: 0.03 },
  disk: { syncLatency: { uniform: ['0ms', '10ms'] }, torn: 0.5 },
  clients: { ...mixedWorkload, stop: '9500ms' },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '300ms', for: '4ms', times: 60, every: '110ms' },
    { do: 'crash', whom: 'leader', at: '700ms', for: '100ms', times: 8, every: '900ms' },
    { do: 'disk', whom: { random: 1 }, how: 'corrupt', at: '2s' },
    { do: 'disk', whom: 'leader', how: 'slow', at: '3s', for: '500ms', times: 3, every: '1s' },
  ],
  survivable: true,
  check: linearizableStore,
  progress: '2500ms',
  swarm: { families: ['crash', 'pause', 'partition', 'link', 'clock', 'disk', 'membership'] },
} as const satisfies Partial<ScenarioInput>;

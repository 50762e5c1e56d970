import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';
import { dataCentre, linearizableStore } from '../key-value-workload.js';

const powerFailures = {
  nodes: 3,
  until: '8s',
  network: dataCentre,
  clients: {
    count: 6,
    keys: 3,
    operations: [{ request: 'read' }, { request: 'write', weight: 3 }],
    think: { exponential: { mean: '10ms' } },
    retry: true,
    stop: '7500ms',
  },
  faults: [{ do: 'crash', whom: 'all', at: '1s', for: '200ms', times: 5, every: '1100ms' }],
  check: linearizableStore,
} as const satisfies Partial<ScenarioInput>;

export const unsyncedDisk = defineScenario({
  ...powerFailures,
  protocol: zab,
  name: 'zab/unsynced-disk',
  summary: 'The power fails five times, and disks lose or tear what was not synced; acknowledgements wait until it is.',
  teaches:
    'The leader sends a proposal while its own disk still works on it. Only ACK-E, ACK-LD and ACK promise something, and wait for the disk.',
  disk: { syncLatency: { uniform: ['10ms', '60ms'] }, torn: 0.5 },
  progress: '2s',
  swarm: {},
});

export const lyingDisk = defineScenario({
  ...powerFailures,
  protocol: zab,
  name: 'zab/lying-disk',
  summary: 'The same power failures, on disks that say that they have synced and have not: writes are lost.',
  teaches:
    'Outside of the model: whoever has acknowledged must have it after a crash. A disk that lies makes a quorum forget, and no ' +
    'protocol that waits for the disk can know.',
  disk: { syncLatency: { uniform: ['1ms', '10ms'] }, lyingSync: 1 },
  expects: { violation: 'Primary Integrity' },
});

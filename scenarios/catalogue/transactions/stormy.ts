import { transactions } from '../../../protocols/transactions/protocol.js';
import { defineScenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';
import { clientsOf, mixed, skewed } from './workload.js';

/** Crashes, a disk that loses what was not synced, and a network that loses, cuts and delays what clients say and hear. */
const storm = {
  protocol: transactions,
  nodes: 1,
  disk: { syncLatency: { uniform: ['100us', '5ms'] }, loseUnsynced: true, torn: 0.3 },
  until: '12s',
  clients: clientsOf([...mixed, ...skewed], { stop: '11s', timeout: '700ms' }),
  faults: [
    { do: 'crash', whom: 'n1', at: '900ms', for: '80ms', times: 7, every: '1100ms' },
    { do: 'link', rule: { loss: 0.2 }, at: '2s', for: '1s', times: 2, every: '3s' },
    { do: 'pause', whom: 'n1', at: '3s', for: '300ms', times: 2, every: '2500ms' },
  ],
  progress: '2s',
  swarm: { families: ['crash', 'pause', 'partition', 'link', 'clock'] },
} as const satisfies Partial<ScenarioInput> & { protocol: typeof transactions };

export const stormy = defineScenario({
  ...storm,
  name: 'transactions/stormy',
  summary: 'Two-phase locking in a storm: crashes, lost requests and answers, a store that is frozen.',
  teaches:
    'Whatever a client has heard of stays, in one order that keeps real time; what nobody heard of may or may not have happened.',
  options: { checkpointEvery: 20, rollbackChance: 0.05 },
  check: { isolation: 'strict-serializable' },
});

export const stormySnapshot = defineScenario({
  ...storm,
  name: 'transactions/stormy-snapshot',
  summary: 'Snapshot isolation in the same storm.',
  teaches:
    'A restarted store has one version of each key, and no snapshot from before its crash is asked for any more.',
  options: { concurrency: 'snapshot', checkpointEvery: 20, rollbackChance: 0.05 },
  check: { isolation: 'strong-snapshot-isolation' },
});

export const stormyOptimistic = defineScenario({
  ...storm,
  name: 'transactions/stormy-optimistic',
  summary: 'Optimistic concurrency control in the same storm.',
  teaches:
    'What was to be validated is gone with a crash, and so is everybody who would have been validated against it.',
  options: { concurrency: 'optimistic', checkpointEvery: 20, rollbackChance: 0.05 },
  check: { isolation: 'strict-serializable' },
});

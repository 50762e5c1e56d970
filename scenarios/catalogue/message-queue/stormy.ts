import { messageQueue } from '../../../protocols/message-queue/protocol.js';
import { defineScenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';
import { CLUSTER, producers } from './workload.js';

/** Everybody crashes, freezes and is cut off; disks lose what was not synced. Then there is peace, and time for the rest. */
const storm = {
  protocol: messageQueue,
  nodes: CLUSTER,
  until: '25s',
  disk: { syncLatency: { uniform: ['100us', '4ms'] }, loseUnsynced: true, torn: 0.3 },
  clients: { ...producers, stop: '12s' },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '700ms', for: '90ms', times: 12, every: '900ms' },
    { do: 'pause', whom: { random: 1 }, at: '1s', for: '600ms', times: 5, every: '2100ms' },
    { do: 'partition', shape: { isolate: { random: 1 } }, at: '1500ms', for: '500ms', times: 4, every: '2500ms' },
    { do: 'link', rule: { loss: 0.1 }, at: '3s', for: '3s' },
  ],
  swarm: { families: ['crash', 'pause', 'partition', 'link', 'clock'] },
} as const satisfies Partial<ScenarioInput> & { protocol: typeof messageQueue };

export const stormy = defineScenario({
  ...storm,
  name: 'message-queue/stormy',
  summary: 'Producers, queue and consumers in a storm: each message that was taken has its effect once.',
  teaches:
    'At least once, and a memory: whatever crashes when, every message is repeated until it is known to be done, and done once.',
  // A swarm may go on to the end: that everything arrives can be asked of no such run.
  options: { settles: false },
});

export const stormyAtMostOnce = defineScenario({
  ...storm,
  name: 'message-queue/stormy-at-most-once',
  summary: 'The queue that forgets what it sends out, in the same storm: much is lost, and nothing is done twice.',
  teaches: 'The promise holds without any memory at the consumers, as nothing is ever repeated to them.',
  options: { delivery: 'at-most-once', consumer: 'careless', promise: 'at-most-once', settles: false },
});

import type { ScenarioInput } from '../../schema.js';

/**
 * Clients that ask any node, and never the same thing twice: to repeat a write through another node is a second write.
 */
export const readersAndWriters = {
  count: 4,
  keys: 2,
  operations: [
    { request: 'read', weight: 3 },
    { request: 'write', weight: 2 },
  ],
  target: 'random',
  // Not answered: asks something else.
  timeout: '500ms',
} as const satisfies ScenarioInput['clients'];

/** Every message takes as long: so that a course can be counted out. */
export const evenNetwork = { latency: '5ms' } as const satisfies ScenarioInput['network'];

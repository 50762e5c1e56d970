import type { ScenarioInput } from '../../schema.js';
import { propose } from './course.js';

/**
 * Every message takes 10 ms, and a proposer loses patience after 30 ms, before its votes are in. The other one begins just
 * when this one has its promises.
 */
export const duel = {
  nodes: 3,
  network: { latency: '10ms' },
  clocks: 'true',
  script: [propose('10ms', 'c1', 'n1', 'a'), propose('25ms', 'c2', 'n3', 'b')],
  until: '6s',
  progress: '5s',
} as const satisfies Partial<ScenarioInput>;

import { leases } from '../../../protocols/leases/protocol.js';
import { defineScenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';
import { busy, CLUSTER } from './course.js';

/** `a` cannot extend its lease, and goes on for as long as its clock lets it; `b` waits for its turn. */
const cutOffHolder = {
  nodes: CLUSTER,
  until: '6s',
  script: [...busy('a', 10, 80), ...busy('b', 500, 20)],
  faults: [
    { do: 'partition', shape: { groups: [['a'], ['lock']] }, when: { delivered: 'Granted', node: 'a' }, for: '2s' },
  ],
} as const satisfies Partial<ScenarioInput>;

const slowHolder = (ppm: number): ScenarioInput['clocks'] => ({
  driftPpmMax: 0,
  perNode: { lock: { driftPpm: ppm }, a: { driftPpm: -ppm }, b: { driftPpm: -ppm } },
});

export const driftingClocks = defineScenario({
  ...cutOffHolder,
  protocol: leases,
  name: 'leases/drifting-clocks',
  summary: 'The service’s clock is a tenth fast, the holder’s a tenth slow, and both allow for it.',
  teaches:
    'One second is 0.91 s for the one and 1.11 s for the other. So the service waits a tenth longer, and the holder stops a tenth ' +
    'earlier; then one lease is over before the next begins. With --bug ignores-drift both go by what their clocks say.',
  options: { driftPpmMax: 100_000, fencing: false },
  clocks: slowHolder(100_000),
});

export const driftBeyondBounds = defineScenario({
  ...cutOffHolder,
  protocol: leases,
  name: 'leases/drift-beyond-bounds',
  summary: 'Clocks run a quarter fast and slow, where a tenth was allowed for: two nodes have the lock at once.',
  teaches:
    'A lease is as good as the assumption on clocks. Nothing inside can notice that it is broken. What is still safe is what ' +
    'the token guards: see leases/stormy, where clocks jump and drift as they like.',
  options: { driftPpmMax: 100_000, fencing: false },
  clocks: slowHolder(250_000),
  expects: { violation: 'one valid lease' },
});

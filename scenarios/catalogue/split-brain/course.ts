import { splitBrain } from '../../../protocols/split-brain/protocol.js';
import { defineScenario, type Scenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';

export const CLUSTER = ['n1', 'n2', 'n3', 'n4', 'n5'];

/** Clients of either side: they ask any node, and if that does not lead, another one. */
export const clients = {
  count: 10,
  operations: [{ request: 'add', args: {} }],
  target: { nodes: CLUSTER },
  think: { exponential: { mean: '5ms' } },
  timeout: '500ms',
} as const satisfies ScenarioInput['clients'];

/** The leader and one more on one side, the other three on the other; everybody reaches the storage. */
export const PARTITION_AT = 1_000_000;
export const HEALED_AT = 3_000_000;

/** The one partition that all three scenarios have. */
export function partitioned(
  about: Pick<ScenarioInput, 'name' | 'summary' | 'teaches' | 'expects'>,
  options: { readonly quorum: boolean; readonly fencing: boolean },
): Scenario {
  return defineScenario({
    ...about,
    protocol: splitBrain,
    nodes: [...CLUSTER, 'storage'],
    // Of the two sides, n1's is the smaller one: it is made the leader by being the first to lose patience.
    nodeOptions: { n1: { electionMs: 60 } },
    options,
    until: '4s',
    clients: { ...clients, stop: '3800ms' },
    faults: [
      {
        do: 'partition',
        shape: {
          groups: [
            ['n1', 'n2'],
            ['n3', 'n4', 'n5'],
          ],
        },
        at: PARTITION_AT,
        for: HEALED_AT - PARTITION_AT,
      },
    ],
  });
}

import { twoPhaseCommit } from '../../../protocols/two-phase-commit/protocol.js';
import { defineScenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';

/** What happens in all storms of this protocol. */
export const storm = {
  nodes: 4,
  until: '12s',
  // A swarm's last fault ends here at the latest.
  options: { repairedAfterMs: 8000 },
  // Who has asked a coordinator that then crashed gives up, and asks another, well within the time that progress is given.
  clients: { count: 3, operations: [{ request: 'begin', args: {} }], timeout: '500ms', stop: '9s' },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '300ms', for: '250ms', times: 6, every: '430ms' },
    { do: 'partition', shape: { halves: true }, at: '450ms', for: '330ms', times: 4, every: '610ms' },
    { do: 'link', rule: { loss: 0.1 }, at: '100ms', for: '3s' },
  ],
  progress: '1500ms',
  swarm: { families: ['crash', 'pause', 'partition', 'link'] },
} as const satisfies Partial<ScenarioInput>;

export const stormy = defineScenario({
  ...storm,
  protocol: twoPhaseCommit,
  name: 'two-phase-commit/stormy',
  summary: 'Many transactions under crashes, partitions and lost messages: some block for a while, none is half done.',
  teaches:
    'Atomicity survives whatever the network does and whoever restarts, because what was promised is on disk before it is said.',
});
